// Diagnoses from its output why a board shows no prompt. Pure.

import type { ErrorCode } from '../error-table.js';
import { PortalError } from '../errors.js';
import {
  type BootTextKind,
  bootTextsIn,
  countStarts,
  type FoundBootText,
  readBootText,
} from '../log/boot/boot-texts.js';
import { readChipStart } from '../log/boot/reset-causes.js';
import { startCrash } from '../log/crash/crash-dump.js';
import type { Port } from '../port/port.js';

interface BoardOutput {
  /** While it ran and was interrupted. */
  readonly running: Uint8Array;
  /** After a reset, which a port without lines does not give. */
  readonly booting: Uint8Array;
  /** Its ROM loader has answered. */
  readonly isLoader?: boolean;
}

/** Of what repl-entry.ts sends; MicroPython never sends these control bytes back. */
const ECHO = "\x01print('in step ";
/** Such a port can neither reset a board nor flash it. */
const PRESS_RESET = 'Run the same command again and press RESET on the board at once.';
const NEXT_WITHOUT_LINES: Partial<Record<ErrorCode, string>> = {
  'repl-silent':
    'Check that the board has power and that the other end of the port is connected to it; then press RESET and run the same command again.',
  'repl-busy': PRESS_RESET,
  'repl-boot-loop':
    'This port cannot flash a board: connect the board to a USB port, and run esp-portal flash.',
  'repl-not-micropython':
    'This port cannot reset or flash a board: connect the board to a USB port or an RFC 2217 server, and run esp-portal flash.',
};

interface Advice {
  readonly likelyCause?: string;
  readonly next?: string;
}

/** A chip without firmware waits in its loader there, as with its button held; flash helps in both cases. */
const BLANK_OVER_OTG: Advice = {
  likelyCause: 'Its flash holds no firmware, or the BOOT button was held when it started.',
  next: 'esp-portal flash --port PORT',
};

/** Texts that only MicroPython prints. */
const IS_PYTHON = /MicroPython v\d|Traceback \(most recent call last\)|KeyboardInterrupt/;
/** The first of these kinds that is there is why a board restarts repeatedly. */
const CAUSES: readonly (readonly [
  BootTextKind,
  (first: FoundBootText, all: readonly FoundBootText[]) => string,
])[] = [
  ['brownout', () => 'its supply voltage drops (brown-out): use another cable or power supply'],
  ['crash', (_, texts) => `it crashes${crashKind(texts)}`],
  ['no-firmware', () => 'its flash holds no firmware'],
  ['bad-flash', ({ explanation = '' }) => explanation],
  ['refused', ({ explanation = '' }) => explanation],
];
/** Not beyond the next traceback: the search would start anew from each of them. */
const LAST_OF_TRACEBACK = /Traceback (?:[^T]|T(?!raceback ))*?\n(\w+:[^\r\n]*)/;

/**
 * @param port its name and whether it can reset the board
 * @returns PortalError `repl-in-loader`, `repl-boot-loop`, `repl-busy`, `repl-not-micropython`, `repl-off` or `repl-silent`
 */
export function diagnoseRepl(
  { name: portName, hasLines, usb }: Pick<Port, 'name' | 'hasLines' | 'usb'>,
  { running, booting, isLoader = false }: BoardOutput,
): PortalError {
  const last = text(booting.length > 0 ? booting : running);
  const all = text(running) + text(booting);
  const error = (code: ErrorCode, message: string, advice: Advice = {}) =>
    new PortalError(code, message, {
      ...advice,
      ...(printable(all) && { boardOutput: printable(all) }),
      ...(!hasLines && { next: NEXT_WITHOUT_LINES[code] }),
    });
  if (all.includes(ECHO)) return echoes(portName);
  if (isLoader || isInLoader(last)) {
    const advice = usb?.kind === 'usb-rom' ? BLANK_OVER_OTG : {};
    return error('repl-in-loader', `The board on ${portName} is in its ROM loader.`, advice);
  }
  // A ROM without firmware repeats its message without end, also without a reset.
  const boots = Math.max(...[booting, running].map((output) => countStarts(bootTextsIn(text(output)))));
  if (boots > 1 || bootTextsIn(last).some(({ kind }) => kind === 'no-firmware')) {
    return error('repl-boot-loop', `The board on ${portName} restarts repeatedly: ${whyItRestarts(all)}.`);
  }
  if (IS_PYTHON.test(all)) {
    return error('repl-busy', `The program on ${portName} cannot be interrupted.`);
  }
  // The output of an ESP8266's ROM is at another baud rate and does not count as text.
  const isOnlyRom = hasLines && readableLines(all) === 0 && booting.length > 0;
  if (isOnlyRom) {
    return error('repl-off', `The board on ${portName} starts after a reset, but then prints nothing.`);
  }
  if (all !== '') {
    return error(
      'repl-not-micropython',
      `The board on ${portName} does not run MicroPython, or cannot be interrupted.`,
    );
  }
  return error('repl-silent', `The board sends nothing on ${portName}.`);
}

function echoes(portName: string): PortalError {
  return new PortalError('repl-not-micropython', `${portName} echoes what is sent to it: no board answers.`, {
    next: 'Check that TX and RX are not connected to each other, and that the other end does not echo.',
  });
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
  const start = texts.find(({ kind }) => kind === 'start');
  const cause = start && readChipStart(start.line)?.causeText;
  return cause === undefined ? 'the reason is unknown' : `reset cause ${cause}`;
}

/** MicroPython prints a title that names no kind before the panic handler's own. */
function crashKind(texts: readonly FoundBootText[]): string {
  const kinds = texts.flatMap(({ line }) => {
    const meaning = startCrash(line)?.end();
    return meaning !== undefined && 'kind' in meaning && meaning.kind !== 'unknown' ? [meaning.kind] : [];
  });
  return kinds[0] === undefined ? '' : ` (${kinds[0]})`;
}

/** Lines of text meant to be read, the ROM's own aside. */
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
