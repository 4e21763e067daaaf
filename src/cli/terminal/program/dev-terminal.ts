// Joins dev with the terminal: the log, the keys, and the REPL while it is used.

import { PortalError } from '../../../errors.js';
import { Dev, type DevOptions } from '../../../operations/dev/dev.js';
import { identifyPort, reopenPort } from '../../../operations/log/reconnect.js';
import { listPorts, type Port } from '../../../operations/ports/ports.js';
import type { CommandContext } from '../../context.js';
import type { Outcome } from '../../report/reporter.js';
import { isInBackground } from '../job-control.js';
import { noResetLines, takeKeys } from '../keys.js';
import { rawSink } from '../raw-sink.js';

const CTRL_C = 0x03;
const CTRL_CLOSING_BRACKET = 0x1d;
const KEYS_HELP = 'r restarts the board · p opens the portal · i opens the REPL · q leaves';
const REPL_HELP = 'The REPL: keys go to the board, Ctrl-] leads back. Changes wait until then.';

interface DevValues {
  readonly json: boolean;
  readonly quiet: boolean;
}

export async function devOnTerminal(
  options: Omit<DevOptions, 'signal' | 'reopen' | 'redactor'>,
  { json, quiet }: DevValues,
  context: CommandContext,
): Promise<Outcome> {
  const { host, openPort, portAddress, redactor, reporter, signal, interruptedBy, outputLost } = context;
  const port = await openPort();
  const identity = await identifyPort(portAddress(), listPorts);
  const left = new AbortController();
  const ending = AbortSignal.any([signal, left.signal, outputLost]);
  const quit = () => left.abort(new PortalError('interrupted', 'dev was interrupted by a key.'));
  const keys = new DevKeys(port, quit);
  let isInstalling = false;
  using bytes = rawSink({ interactive: true, stdout: host.stdout });
  const dev = new Dev(port, {
    ...options,
    redactor,
    signal: ending,
    reopen: (until) =>
      reopenPort(identity, { list: listPorts, open: (address) => openPort({ address }), signal: until }),
    onProgress: (event) => {
      if (event.event === 'step') isInstalling = true;
      else if (/^(?:watching|sent|problem)$/.test(event.event)) isInstalling = false;
      reporter.progress(event);
    },
    onLog: (entry) => {
      if (entry.event === 'port.lost') keys.leaveRepl();
      if (!keys.isInRepl) reporter.log(entry);
    },
    onRaw: (output) => {
      if (keys.isInRepl) bytes.push(output);
    },
  });
  using _listening = listen(keys, dev, host, { json, quiet });
  try {
    return await dev.run();
  } catch (error) {
    const isLeft = left.signal.aborted || outputLost.aborted || interruptedBy() === 'SIGINT';
    if (!ending.aborted || !isLeft || isInstalling) throw error;
    return { fields: {}, lines: [] };
  }
}

function listen(
  keys: DevKeys,
  dev: Dev,
  { stdin, stdout, stderr }: CommandContext['host'],
  { json, quiet }: DevValues,
): Disposable {
  if (json || !stdin.isTTY || !stdout.isTTY || isInBackground()) return { [Symbol.dispose]() {} };
  const say = (text: string) => void stderr.write(`${text}\r\n`);
  const listening = takeKeys(stdin, (typed) => keys.type(typed, dev, say));
  if (!quiet) say(KEYS_HELP); // they work from now on
  return listening;
}

/** What gets the typed keys: this program, or the board. */
class DevKeys {
  isInRepl = false;
  readonly #port: Port;
  readonly #quit: () => void;
  #sent: Promise<void> = Promise.resolve();

  constructor(port: Port, quit: () => void) {
    this.#port = port;
    this.#quit = quit;
  }

  leaveRepl(): void {
    this.isInRepl = false;
  }

  type(typed: Uint8Array, dev: Dev, say: (text: string) => void): void {
    for (const byte of typed) {
      if (this.isInRepl) this.#toBoard(byte, dev, say);
      else this.#act(byte, dev, say);
    }
  }

  #toBoard(byte: number, dev: Dev, say: (text: string) => void): void {
    if (byte === CTRL_CLOSING_BRACKET) {
      this.isInRepl = false;
      say(`\r\n${KEYS_HELP}`);
      dev.leaveRepl();
      return;
    }
    // In order; what fails here fails the reading of the port too, which reports it.
    this.#sent = this.#sent.then(() => dev.write(Uint8Array.of(byte))).catch(() => {});
  }

  #act(byte: number, dev: Dev, say: (text: string) => void): void {
    const key = String.fromCharCode(byte).toLowerCase();
    if (key === 'q' || byte === CTRL_C || byte === CTRL_CLOSING_BRACKET) this.#quit();
    else if (key === 'r' && !this.#port.hasLines) say(noResetLines(this.#port));
    else if (key === 'r') dev.restart();
    else if (key === 'p') dev.openPortal();
    else if (key === 'i') {
      this.isInRepl = true;
      say(REPL_HELP);
      dev.enterRepl();
    } else say(KEYS_HELP);
  }
}
