// Waiting for a firmware that was just started to show itself.

import { PortalError } from '../../errors.js';
import { RUN, runResetSequence } from '../../esp/resets.js';
import { type BootTextKind, readBootText, withoutColours } from '../../log/boot/boot-texts.js';
import type { LogEntry } from '../../log/events.js';
import { RawRepl } from '../../micropython/raw-repl.js';
import { ByteReader } from '../../port/byte-reader.js';
import type { Port } from '../../port/port.js';
import { BoardLog } from '../log/board-log.js';

/** What told that MicroPython runs. */
export interface BootEvidence {
  /** Its own line, when it came. */
  readonly banner?: string;
  readonly version?: string;
}

/** An ESP32 says this before it restarts for want of current; once may be the plug. */
const BROWN_OUTS_OF_A_WEAK_SUPPLY = 2;

/** What ROMs and boot loaders say of a firmware that they cannot start, again and again. */
const UNSTARTABLE: readonly (BootTextKind | undefined)[] = ['no-firmware', 'bad-flash', 'refused'];
const COMPLAINTS_OF_A_STUCK_ROM = 3;

/** From the start of the firmware to its prompt, a new filesystem included. */
const NATIVE_USB_BANNER_MS = 6000;

/** A prompt comes at once, also out of a program that is ended for it. */
const PROMPT_TIMEOUT_MS = 1500;

interface SeeOptions {
  /** For the banner. */
  timeoutMs: number;
  /** Spare no pains to get a prompt out of a board that shows no banner. */
  thorough: boolean;
  signal: AbortSignal | undefined;
}

/**
 * Waits for MicroPython's banner. A main.py from before the update runs instead of the prompt: then the prompt is
 * asked for, but only after a first boot has had the time to format its files.
 * @returns `undefined` when there is no sign of it
 * @throws PortalError `board-restarts`, `port-lost`; the signal's reason
 */
export async function seeFirmware(
  port: Port,
  { timeoutMs, thorough, signal }: SeeOptions,
): Promise<BootEvidence | undefined> {
  let brownOuts = 0;
  let complaints = 0;
  const isConclusive = (entry: LogEntry): entry is LogEntry => {
    if (entry.event === 'crash.esp32' && entry.kind === 'brownout') brownOuts++;
    if (entry.event === 'boot.failed' && UNSTARTABLE.includes(readBootText(withoutColours(entry.raw))?.kind))
      complaints++;
    const isBootLoop = brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY || complaints >= COMPLAINTS_OF_A_STUCK_ROM;
    return isBootLoop || isSignOfPython(entry);
  };
  // MicroPython's own USB port drops what is printed before the host has opened it: the banner, mostly.
  const waitMs = port.usb ? Math.min(timeoutMs, NATIVE_USB_BANNER_MS) : timeoutMs;
  const last = await new BoardLog(port).waitFor(isConclusive, { timeoutMs: waitMs, signal });
  if (last?.event === 'boot.micropython') return { banner: last.raw, version: last.version };
  if (brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY) {
    throw new PortalError(
      'board-restarts',
      `The firmware is complete and verified, but the board on ${port.name} restarts repeatedly.`,
    );
  }
  if (last) return isSignOfPython(last) ? {} : undefined;
  const hasPrompt = thorough ? await canEnterRepl(port, signal) : await answersWithPrompt(port, signal);
  if (!hasPrompt) return undefined;
  if (port.usb?.kind !== 'usb-cdc') await runResetSequence(port, RUN, signal);
  return {};
}

/** The banner, or a line that only our portal prints. */
function isSignOfPython(entry: LogEntry): boolean {
  return /^(boot\.micropython|creds|portal)/.test(entry.event);
}

async function answersWithPrompt(port: Port, signal: AbortSignal | undefined): Promise<boolean> {
  await port.write(Buffer.from('\r\x03\x03'));
  const { end } = await ByteReader.of(port).readUntil('>>> ', { timeoutMs: PROMPT_TIMEOUT_MS, signal });
  return end === 'found';
}

/** What a board without MicroPython is told by. One that restarts, or waits in its ROM, says more than we could. */
const NO_PYTHON: readonly string[] = ['repl-silent', 'repl-off', 'repl-not-micropython'];

async function canEnterRepl(port: Port, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await using repl = await RawRepl.enter(port, signal);
    // No line restarts it.
    if (port.usb?.kind === 'usb-cdc') await repl.restartBoard();
    return true;
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    if (error.code === 'repl-busy') return true; // a program that only MicroPython runs
    if (NO_PYTHON.includes(error.code)) return false;
    throw error;
  }
}
