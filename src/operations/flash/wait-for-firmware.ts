// Waits until a firmware that was just started prints its banner or prompt.

import { PortalError } from '../../errors.js';
import { RUN, runResetSequence } from '../../esp/resets.js';
import { compareVersions } from '../../firmware/image-name.js';
import { type BootTextKind, readBootText, withoutColours } from '../../log/boot/boot-texts.js';
import type { LogEntry } from '../../log/events.js';
import { RawRepl } from '../../micropython/raw-repl.js';
import { ByteReader } from '../../port/byte-reader.js';
import type { Port } from '../../port/port.js';
import { BoardLog } from '../log/board-log.js';
import { readBuild, readBuildIn } from './running-build.js';

/** The evidence that MicroPython runs. */
export interface BootEvidence {
  /** The banner, if it was printed. */
  readonly banner?: string;
  readonly version?: string;
  /** Board and variant, if it was at its prompt. */
  readonly build?: string | undefined;
  /** The event of the log that proved it. */
  readonly seen?: LogEntry | undefined;
}

/** An ESP32 prints this before a brown-out reset; a single one may come from plugging in. */
const BROWN_OUTS_OF_A_WEAK_SUPPLY = 2;

/** Repeated messages of ROMs and bootloaders about firmware that they cannot start. */
const UNSTARTABLE: readonly (BootTextKind | undefined)[] = ['no-firmware', 'bad-flash', 'refused'];
const BOOT_FAILURES_OF_A_LOOP = 3;

/** From the start of the firmware to its prompt, a new filesystem included. */
const NATIVE_USB_BANNER_MS = 3000;

/** Time for a prompt, also after interrupting a program. */
const PROMPT_TIMEOUT_MS = 1500;

interface WaitOptions {
  /** For the banner. */
  timeoutMs: number;
  /** Also enter the raw REPL if the board shows no banner. */
  thorough: boolean;
  /** Log to read from, for a caller that continues to read it; a new one when omitted. */
  log?: BoardLog | undefined;
  onLog?: ((entry: LogEntry) => void) | undefined;
  signal: AbortSignal | undefined;
}

/**
 * Waits for MicroPython's banner. If a main.py from before the update runs, there is no banner: then it requests a prompt,
 * but only after a first boot has had time to format the filesystem.
 * @returns `undefined` without evidence
 * @throws PortalError `board-restarts`, `port-lost`; the signal's reason
 */
export async function waitForFirmware(
  port: Port,
  { timeoutMs, thorough, log = new BoardLog(port), onLog, signal }: WaitOptions,
): Promise<BootEvidence | undefined> {
  let brownOuts = 0;
  let bootFailures = 0;
  const isConclusive = (entry: LogEntry): entry is LogEntry => {
    if (entry.event === 'crash.esp32' && entry.kind === 'brownout') brownOuts++;
    if (entry.event === 'boot.failed' && UNSTARTABLE.includes(readBootText(withoutColours(entry.raw))?.kind))
      bootFailures++;
    const isBootLoop = brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY || bootFailures >= BOOT_FAILURES_OF_A_LOOP;
    return isBootLoop || provesMicroPython(entry);
  };
  // The banner may be lost: USB-Serial/JTAG and older releases drop what is printed before the host opens the port, and
  // a current one over USB-OTG keeps the last 256 bytes, which a program can fill.
  const waitMs = port.usb ? Math.min(timeoutMs, NATIVE_USB_BANNER_MS) : timeoutMs;
  const last = await log.waitFor(isConclusive, { timeoutMs: waitMs, signal, onLog });
  if (last?.event === 'boot.micropython')
    return {
      ...{ banner: last.raw, version: last.version, seen: last },
      build: await buildBehind(last.version, port, signal),
    };
  if (brownOuts >= BROWN_OUTS_OF_A_WEAK_SUPPLY) {
    throw new PortalError(
      'board-restarts',
      `The board on ${port.name} restarts repeatedly when its firmware starts.`,
    );
  }
  if (last) return provesMicroPython(last) ? { seen: last } : undefined;
  const found = thorough ? await enterRepl(port, signal) : await requestPrompt(port, signal);
  if (found && port.usb?.kind !== 'usb-cdc') await runResetSequence(port, RUN, signal);
  return found;
}

/** Older releases do not report it. */
async function buildBehind(
  version: string,
  port: Port,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return compareVersions(version, '1.25.0') < 0 ? undefined : readBuild(port, signal);
}

/** The banner, or a line that only the portal prints. */
function provesMicroPython(entry: LogEntry): boolean {
  return /^(boot\.micropython|creds|portal)/.test(entry.event);
}

async function requestPrompt(port: Port, signal: AbortSignal | undefined): Promise<BootEvidence | undefined> {
  await port.write(Buffer.from('\r\x03\x03'));
  const { end } = await ByteReader.of(port).readUntil('>>> ', { timeoutMs: PROMPT_TIMEOUT_MS, signal });
  return end === 'found' ? { build: await readBuild(port, signal) } : undefined;
}

/** Errors of a board that does not run MicroPython. Others, such as a boot loop, have their own diagnosis. */
const NOT_MICROPYTHON: readonly string[] = ['repl-silent', 'repl-off', 'repl-not-micropython'];

async function enterRepl(port: Port, signal: AbortSignal | undefined): Promise<BootEvidence | undefined> {
  try {
    await using repl = await RawRepl.enter(port, signal);
    const build = await readBuildIn(repl);
    // No line restarts it.
    if (port.usb?.kind === 'usb-cdc') await repl.restartBoard();
    return { build };
  } catch (error) {
    if (!(error instanceof PortalError)) throw error;
    if (error.code === 'repl-busy') return {}; // a program that only MicroPython runs
    if (NOT_MICROPYTHON.includes(error.code)) return undefined;
    throw error;
  }
}
