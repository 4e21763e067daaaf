// The chip in download mode: the ROM loader, then the stub that a flasher starts from it.

import type { BoardUart, Program } from '../chip-program.js';
import { FlashInterrupted } from '../flash/nor-flash.js';
import type { UnknownCommandReaction } from './chips/chip-definition.js';
import { type CommandTable, type LoaderExit, serveCommands } from './command-loop.js';
import { SlipLink } from './link/slip-link.js';
import type { LoaderMachine } from './machine.js';
import { romLoader } from './rom-loader.js';
import { STUB_GREETING, stubLoader } from './stub-loader.js';

interface DownloadModeOptions {
  readonly machine: LoaderMachine;
  readonly uart: BoardUart;
  /** A stub runs already, as an earlier flasher left it. */
  readonly startsWithStub: boolean;
  readonly onUnknownCommand: UnknownCommandReaction;
  /** The loader was left for what is in the flash. */
  readonly onRunUserCode: () => void;
  /** The loader restarted the chip; the mode it was strapped to stays. */
  readonly onRestart: () => void;
  /** This computer failed the board, as with a full disk under its flash. */
  readonly onFailure: (error: unknown) => void;
}

/** Starts the ROM loader. */
export function startDownloadMode(options: DownloadModeOptions): Program {
  const link = new SlipLink(options.uart);
  const running = runLoaders(options, link).then(
    (exit) => {
      if (exit === 'run-user-code') options.onRunUserCode();
      if (exit === 'restart') options.onRestart();
    },
    (error: unknown) => {
      if (!(error instanceof FlashInterrupted)) options.onFailure(error);
    },
  );
  return {
    receive: (bytes) => link.receive(bytes),
    stop: () => {
      link.close();
      options.machine.flash.interrupt();
      return running;
    },
  };
}

async function runLoaders(options: DownloadModeOptions, link: SlipLink): Promise<LoaderExit> {
  let exit: LoaderExit = options.startsWithStub
    ? await serveAndClose(link, stubLoader(options.machine, link))
    : await serveAndClose(link, romLoader(options.machine, link, options.onUnknownCommand));
  while (exit === 'start-stub') {
    const stub = stubLoader(options.machine, link);
    link.send(STUB_GREETING);
    exit = await serveAndClose(link, stub);
  }
  return exit;
}

async function serveAndClose(link: SlipLink, loader: CommandTable & { close(): void }): Promise<LoaderExit> {
  try {
    return await serveCommands(link, loader);
  } finally {
    loader.close();
  }
}
