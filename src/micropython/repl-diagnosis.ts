// Why a board shows no prompt, told from what it says instead. Pure.

import { type ErrorCode, PortalError } from '../errors.js';
import type { Port } from '../port/port.js';

interface Heard {
  /** While it ran and was interrupted. */
  readonly running: Uint8Array;
  /** After a reset, which a port without lines does not give. */
  readonly booting: Uint8Array;
  /** Its ROM loader has answered. */
  readonly isLoader?: boolean;
}

/** MicroPython never sends these control bytes back. */
const ECHO = "\x01print('in step ";
/** Such a port can neither reset a board nor flash it. */
const PRESS_RESET = 'Press RESET on the board right after starting the same command again.';
const NEXT_WITHOUT_LINES: Partial<Record<ErrorCode, string>> = {
  'repl-silent':
    'Check that the board has power and that the other end of the port is connected to it; then press RESET and run the same command again.',
  'repl-busy': PRESS_RESET,
  'repl-boot-loop':
    'This port cannot flash a board: connect the board to a USB port, and run esp-portal flash.',
  'repl-not-micropython':
    'This port cannot reset or flash a board: connect the board to a USB port or an RFC 2217 server, and run esp-portal flash.',
};

/** What each chip's ROM says when it waits for a flasher. */
const IN_LOADER = /waiting for download|boot mode:\(1,|boot:0x[0-9a-f]+ \(DOWNLOAD/;
/** What it says at each start. */
const STARTS = [/ets [A-Z][a-z]{2} .\d \d{4}/g, /rst cause:\d+|rst:0x[0-9a-f]+/g];
/** What only MicroPython says. */
const IS_PYTHON = /MicroPython v\d|Traceback \(most recent call last\)|KeyboardInterrupt/;
const CAUSES: readonly (readonly [RegExp, (match: RegExpMatchArray) => string])[] = [
  [/Brownout detector was triggered/, () => 'its supply voltage breaks down: another cable or power supply'],
  [/Fatal exception \(?(\d+)/, ([, number]) => `it crashes (Fatal exception ${number})`],
  [/Guru Meditation Error:[^(\n]{0,80}\(([^)\n]{0,80})\)/, ([, what]) => `it crashes (${what})`],
  [/invalid header: 0x/, () => 'its flash holds no firmware'],
  [
    // Not beyond the next traceback: the search would start anew from each of them.
    /Traceback (?:[^T]|T(?!raceback ))*?\n(\w+:[^\r\n]*)/,
    ([, last]) => `its program ends with ${last}`,
  ],
  [/rst cause:(\d+)/, ([, cause]) => `reset cause ${cause}`],
  [/rst:0x[0-9a-f]+ \((\w+)\)/, ([, cause]) => `reset cause ${cause}`],
];

/**
 * @param port its name and whether it can reset the board
 * @returns PortalError `repl-in-loader`, `repl-boot-loop`, `repl-busy`, `repl-not-micropython`, `repl-off` or `repl-silent`
 */
export function whyNoPrompt(
  { name: portName, hasLines }: Pick<Port, 'name' | 'hasLines'>,
  { running, booting, isLoader = false }: Heard,
): PortalError {
  const last = text(booting.length > 0 ? booting : running);
  const all = text(running) + text(booting);
  const error = (code: ErrorCode, message: string) =>
    new PortalError(code, message, {
      ...(printable(all) && { boardOutput: printable(all) }),
      ...(!hasLines && { next: NEXT_WITHOUT_LINES[code] }),
    });
  if (all.includes(ECHO)) {
    return new PortalError(
      'repl-not-micropython',
      `${portName} sends back what is sent to it: an echo, no board.`,
      {
        next: 'Check that TX and RX are not connected to each other, and that the other end does not echo.',
      },
    );
  }
  if (isLoader || IN_LOADER.test(last))
    return error('repl-in-loader', `The board on ${portName} waits in its ROM loader.`);
  // A ROM that finds nothing to start says so for ever, whether it was reset or not.
  if (starts(text(booting)) > 1 || starts(text(running)) > 1 || /invalid header: 0x/.test(last)) {
    const [pattern, describe] = CAUSES.find(([candidate]) => candidate.test(all)) ?? [];
    const match = pattern && all.match(pattern);
    const cause = match && describe ? describe(match) : 'it does not say why';
    return error('repl-boot-loop', `The board on ${portName} restarts again and again: ${cause}.`);
  }
  if (IS_PYTHON.test(all)) {
    return error('repl-busy', `The program on ${portName} does not let itself be interrupted.`);
  }
  // What an ESP8266's ROM says at its own baud rate is no text here.
  const isOnlyRom = hasLines && readableLines(all) === 0 && booting.length > 0;
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

/** How often the chip has started, as far as it can be read: an ESP8266's ROM speaks another rate. */
function starts(booting: string): number {
  return Math.max(...STARTS.map((pattern) => booting.match(pattern)?.length ?? 0));
}

/** Lines that somebody has written to be read, the ROM's own aside. */
function readableLines(all: string): number {
  return all
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => /^[\t -~]{4,}$/.test(line))
    .filter(
      (line) =>
        !/^(ets |rst|load|entry|csum|tail|chksum|boot|clk|mode|configsip|invalid header|ho \d)/.test(line),
    ).length;
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
