// Why a board shows no prompt, told from what it says instead. Pure.

import { type ErrorCode, PortalError } from '../errors.js';
import {
  type BootTextKind,
  bootTextsIn,
  countStarts,
  type FoundBootText,
  readBootText,
} from '../log/boot-texts.js';
import { startCrash } from '../log/crash-dump.js';
import { readChipStart } from '../log/reset-causes.js';

interface Heard {
  /** While it ran and was interrupted. */
  readonly running: Uint8Array;
  /** After a reset, which a port without lines does not give. */
  readonly booting: Uint8Array;
  /** Its ROM loader has answered. */
  readonly isLoader?: boolean;
}

/** What only MicroPython says. */
const IS_PYTHON = /MicroPython v\d|Traceback \(most recent call last\)|KeyboardInterrupt/;
/** The first of these kinds that is there is why a board restarts again and again. */
const CAUSES: readonly (readonly [
  BootTextKind,
  (first: FoundBootText, all: readonly FoundBootText[]) => string,
])[] = [
  ['brownout', () => 'its supply voltage breaks down: another cable or power supply'],
  ['crash', (_, texts) => `it crashes${crashKind(texts)}`],
  ['no-firmware', () => 'its flash holds no firmware'],
  ['bad-flash', ({ explanation = '' }) => explanation],
  ['refused', ({ explanation = '' }) => explanation],
];
const LAST_OF_TRACEBACK = /Traceback [\s\S]*?\n(\w+(?:Error|Exception|Interrupt)?:[^\r\n]*)/;
const RESET_CAUSE = /rst cause:(\d+)|rst:0x[0-9a-f]+ \((\w+)\)/;

/**
 * @param portName for the message
 * @returns PortalError `repl-in-loader`, `repl-boot-loop`, `repl-busy`, `repl-not-micropython`, `repl-off` or `repl-silent`
 */
export function whyNoPrompt(portName: string, { running, booting, isLoader = false }: Heard): PortalError {
  const last = text(booting.length > 0 ? booting : running);
  const all = text(running) + text(booting);
  const error = (code: ErrorCode, message: string) =>
    new PortalError(code, message, printable(all) ? { boardOutput: printable(all) } : {});
  if (isLoader || isInLoader(last))
    return error('repl-in-loader', `The board on ${portName} waits in its ROM loader.`);
  if (countStarts(bootTextsIn(text(booting))) > 1) {
    return error(
      'repl-boot-loop',
      `The board on ${portName} restarts again and again: ${whyItRestarts(all)}.`,
    );
  }
  if (IS_PYTHON.test(all)) {
    return error('repl-busy', `The program on ${portName} does not let itself be interrupted.`);
  }
  // What an ESP8266's ROM says at its own baud rate is no text here.
  const isOnlyRom = readableLines(all) === 0 && booting.length > 0;
  if (isOnlyRom) {
    return error('repl-off', `The board on ${portName} starts when it is reset, and then says nothing.`);
  }
  if (all !== '') {
    return error(
      'repl-not-micropython',
      `What answers on ${portName} is not MicroPython, or lets nobody interrupt it.`,
    );
  }
  return error('repl-silent', `No byte comes from the board on ${portName}.`);
}

/** The last start counts: a board may have been in its loader before. */
function isInLoader(output: string): boolean {
  const last = bootTextsIn(output).findLast(({ kind }) => kind === 'start' || kind === 'download');
  return (
    last?.kind === 'download' || (last !== undefined && readChipStart(last.line)?.bootSource === 'loader')
  );
}

function whyItRestarts(output: string): string {
  const texts = bootTextsIn(output);
  for (const [kind, describe] of CAUSES) {
    const found = texts.find((candidate) => candidate.kind === kind);
    if (found) return describe(found, texts);
  }
  const exception = LAST_OF_TRACEBACK.exec(output)?.[1];
  if (exception !== undefined) return `its program ends with ${exception}`;
  const [, number, words] = RESET_CAUSE.exec(output) ?? [];
  const cause = number ?? words;
  return cause === undefined ? 'it does not say why' : `reset cause ${cause}`;
}

/** MicroPython prints a title that names no kind before the panic handler's own. */
function crashKind(texts: readonly FoundBootText[]): string {
  const kinds = texts.flatMap(({ line }) => {
    const meaning = startCrash(line)?.end();
    return meaning !== undefined && 'kind' in meaning && meaning.kind !== 'unknown' ? [meaning.kind] : [];
  });
  return kinds[0] === undefined ? '' : ` (${kinds[0]})`;
}

/** Lines that somebody has written to be read, the ROM's own aside. */
function readableLines(all: string): number {
  return all
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => /^[\t -~]{4,}$/.test(line))
    .filter((line) => {
      const kind = readBootText(line)?.kind;
      return kind === undefined || kind === 'crash' || kind === 'brownout';
    }).length;
}

function printable(all: string): string {
  return all
    .split(/[\r\n]+/)
    .filter((line) => /^[\t -~]+$/.test(line))
    .slice(-12)
    .join('\n');
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
