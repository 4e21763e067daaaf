// Diagnoses a board that does not enter its ROM loader: its output after a reset, and whether MicroPython answers.

import { PortalError } from '../errors.js';
import { bootTextsIn, countStarts } from '../log/boot/boot-texts.js';
import { readChipStart } from '../log/boot/reset-causes.js';
import { ByteReader } from '../port/byte-reader.js';
import type { Port } from '../port/port.js';
import { RUN, runResetSequence } from './resets.js';

/** Rates of boot logs: that of an ESP32, and of an ESP8266 with its usual crystal. */
const BOOT_LOG_BAUD_RATES = [115200, 74880];

/** Long enough to see several restarts in a boot loop. */
const LISTEN_MS = 1500;
/** A program may have something to finish after Ctrl-C. */
const ANSWER_MS = 2000;
/** More than 115200 baud carries meanwhile: a network's server may send as much as it likes. */
const MAX_OUTPUT_BYTES = 64 * 1024;

const BOOTS_OF_A_RESTARTING_BOARD = 3;

/** Ctrl-C to end a program, Ctrl-B to leave the raw REPL, Enter for a prompt. */
const ASK_FOR_PROMPT = '\r\x03\x03\x02\r';
const PROMPTS = ['>>> ', 'raw REPL'];

/**
 * Resets the board, if the port can, and reads its output.
 * @param port its baud rate is 115200 afterwards
 * @param hasOutput whether the board has sent anything so far
 * @returns PortalError `loader-silent` or `board-restarts` with a message for this case
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function diagnoseLoader(
  port: Port,
  hasOutput: boolean,
  signal: AbortSignal | undefined,
): Promise<PortalError> {
  const { name, hasLines } = port;
  const reader = ByteReader.of(port);
  const output = await readBootLogs(reader, signal);
  const starts = diagnoseStarts(port, output);
  if (starts) return starts;
  await reader.discard();
  await port.write(Buffer.from(ASK_FOR_PROMPT));
  const wait = { maxBytes: MAX_OUTPUT_BYTES, timeoutMs: ANSWER_MS, signal };
  const { bytes: answer, end } = await reader.readUntil(PROMPTS, wait);
  const hasPrompt = end === 'found';
  if (!hasLines) return withoutLines(name, hasPrompt);
  if (hasPrompt) {
    return new PortalError(
      'loader-silent',
      `MicroPython answers on ${name}, but the board does not restart: its reset lines are not connected.`,
    );
  }
  return new PortalError(
    'loader-silent',
    hasOutput || output !== '' || answer.length > 0
      ? `The board on ${name} sends data, but does not enter its ROM loader.`
      : `The board on ${name} does not answer: its ROM loader sends nothing.`,
  );
}

/** What the board prints after a reset, at each rate at which ROMs print. */
async function readBootLogs(reader: ByteReader, signal: AbortSignal | undefined): Promise<string> {
  const { port } = reader;
  let output = '';
  for (const baudRate of BOOT_LOG_BAUD_RATES) {
    await port.setBaudRate(baudRate);
    await reader.discard();
    if (port.hasLines) await runResetSequence(port, RUN, signal);
    output += await listen(reader, LISTEN_MS, signal);
  }
  await port.setBaudRate(115200);
  return output;
}

/** @returns `undefined` for a board that does not start */
function diagnoseStarts({ name, hasLines }: Port, output: string): PortalError | undefined {
  const texts = bootTextsIn(output);
  const boots = countStarts(texts);
  const isBrownOut = texts.some(({ kind, line }) => kind === 'brownout' || readChipStart(line)?.isBrownOut);
  // A chip without firmware restarts without end, and its loader can be reached.
  const hasFirmware = !texts.some(({ kind }) => kind === 'no-firmware');
  const boardOutput = lastLines(output);
  if (isBrownOut || (boots >= BOOTS_OF_A_RESTARTING_BOARD && hasFirmware)) {
    return new PortalError(
      'board-restarts',
      `The board on ${name} restarts repeatedly, before its ROM loader can be reached.`,
      { boardOutput },
    );
  }
  if (boots === 0 || !hasLines) return undefined;
  return new PortalError(
    'loader-silent',
    `The board on ${name} restarts, but starts the firmware instead of its ROM loader: GPIO0 stays high.`,
    { boardOutput },
  );
}

/** For a raw network port: without reset lines, only a loader that already runs can be reached. */
function withoutLines(name: string, hasPrompt: boolean): PortalError {
  const running = hasPrompt ? 'MicroPython answers instead of the ROM loader' : 'no ROM loader answers';
  return new PortalError(
    'loader-silent',
    `${name} has no reset lines, so the board was never reset, and ${running}.`,
    {
      next: 'Hold BOOT (FLASH, GPIO0), press RESET, release BOOT and run the same command again; or use a port with reset lines: USB or rfc2217://.',
    },
  );
}

async function listen(
  reader: ByteReader,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  const bytes = await reader.readExactly(MAX_OUTPUT_BYTES, { timeoutMs, signal });
  return Buffer.from(bytes).toString('latin1');
}

/** The end of a boot log, without bytes at another baud rate. */
function lastLines(output: string): string {
  const lines = output.split(/[\r\n]+/).filter((line) => /^[\t -~]*$/.test(line) && /[ -~]{4}/.test(line));
  return lines.slice(-4).join('\n');
}
