// Keys that a person presses while a log is followed. In --interactive all but three go to the board.

import { ReadlineParser } from '@serialport/parser-readline';
import { isInBackground } from './job-control.js';

const CTRL_C = 0x03;
const LINE_FEED = 0x0a;
const CTRL_R = 0x12;
const CTRL_T = 0x14;
const CTRL_CLOSING_BRACKET = 0x1d;

export const KEYS_HELP = 'Ctrl-] leaves · Ctrl-R resets the board · Ctrl-T shows the keys';

/** For the key that resets, on a port that cannot. */
export function noResetLines({ name }: { readonly name: string }): string {
  return `${name} has no reset lines: press RESET on the board.`;
}

export interface KeyActions {
  leave(): void;
  reset(): void;
  help(): void;
  /** Ctrl-C, where it does not go to the board. */
  interrupt(): void;
  /** Called with input for the board; optional. Resolves when more can be taken; does not reject. */
  send?: ((bytes: Uint8Array) => Promise<void>) | undefined;
  /** Called once for a line from a pipe that is too long. */
  tooLong(limitBytes: number): void;
}

type Input = Pick<NodeJS.ReadStream, 'isTTY' | 'setRawMode' | 'pipe' | 'on' | 'off' | 'pause' | 'resume'>;

/**
 * Listens to keys on a terminal. Elsewhere lines go to the board, each with the carriage return that Enter sends.
 * @returns ends that and gives the terminal back as it was
 */
export function listenToKeys(input: Input, actions: KeyActions): Disposable {
  if (!input.isTTY) return sendLines(input, actions);
  return takeKeys(input, (bytes) => {
    for (const part of splitAtKeys(bytes)) handle(part, actions);
  });
}

/**
 * Takes each key of a terminal at once, also after `kill -TSTP` and `fg`: a shell sets the mode of its terminal anew.
 * @returns ends that and gives the terminal back as it was
 */
export function takeKeys(
  input: Input,
  onKeys: (bytes: Uint8Array) => void,
  isBehind = isInBackground,
): Disposable {
  const onContinue = () => {
    if (isBehind()) return;
    input.setRawMode(false); // else Node.js takes it for set
    input.setRawMode(true);
  };
  input.setRawMode(true);
  input.on('data', onKeys);
  input.resume();
  process.on('SIGCONT', onContinue);
  return {
    [Symbol.dispose]() {
      process.off('SIGCONT', onContinue);
      input.off('data', onKeys);
      input.setRawMode(false);
      input.pause();
    },
  };
}

function handle(part: Uint8Array, { leave, reset, help, interrupt, send }: KeyActions): void {
  const key = part.length === 1 ? part[0] : undefined;
  if (key === CTRL_CLOSING_BRACKET) leave();
  else if (key === CTRL_R) reset();
  else if (key === CTRL_T) help();
  else if (send)
    void send(part); // as fast as a person types or pastes
  else if (key === CTRL_C) interrupt();
}

/** Our keys one by one, and what is between them: pasted text comes at once. */
function splitAtKeys(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let start = 0;
  for (const [at, byte] of bytes.entries()) {
    if (byte !== CTRL_C && byte !== CTRL_R && byte !== CTRL_T && byte !== CTRL_CLOSING_BRACKET) continue;
    if (at > start) parts.push(bytes.subarray(start, at));
    parts.push(bytes.subarray(at, at + 1));
    start = at + 1;
  }
  if (start < bytes.length) parts.push(bytes.subarray(start));
  return parts;
}

/** No line of Python that a person pipes is longer; a device may send zeros without end. */
const MAX_LINE_BYTES = 64 * 1024;

/** No faster than the board takes them: a pipe may hold any number of lines. */
function sendLines(input: Input, { send, tooLong }: KeyActions): Disposable {
  if (!send) return { [Symbol.dispose]() {} };
  const lines = new ReadlineParser({ encoding: 'utf8', readableObjectMode: true });
  let hasEnded = false;
  input.on('end', () => {
    hasEnded = true;
  });
  lines.on('data', (line: string) => {
    // At the end comes what is left, if only nothing.
    if (line === '' && hasEnded) return;
    lines.pause();
    void send(Buffer.from(`${line.replace(/\r$/, '')}\r`)).then(() => lines.resume());
  });
  let lineBytes = 0;
  const measure = (bytes: Uint8Array) => {
    const lastEnd = bytes.lastIndexOf(LINE_FEED);
    lineBytes = lastEnd < 0 ? lineBytes + bytes.length : bytes.length - lastEnd - 1;
    if (lineBytes <= MAX_LINE_BYTES) return;
    stop();
    tooLong(MAX_LINE_BYTES);
  };
  const stop = () => {
    input.off('data', measure);
    lines.destroy();
    input.pause();
  };
  input.on('data', measure);
  input.pipe(lines as unknown as NodeJS.WritableStream);
  return { [Symbol.dispose]: stop };
}
