// flash: writes a MicroPython image, verifies it, and waits for the firmware's banner. After a failure it tries again with
// a lower baud rate or a simpler flash mode, and reports each attempt.

import { PortalError } from '../../errors.js';
import { type InspectOptions, inspectFirmware } from '../../esp/image/check.js';
import { type FirmwareImage, type FlashMode, imageEvent } from '../../esp/image/firmware-image.js';
import type { ResetSequence } from '../../esp/resets.js';
import type { LogEntry } from '../../log/events.js';
import type { Port } from '../../port/port.js';
import type { OnProgress, OperationOptions } from '../../progress.js';
import type { BoardLog } from '../log/board-log.js';
import { filesOfImage } from './files-of-image.js';
import { FlashJob, type Written } from './flash-job.js';
import type { BeforeErase, FirmwareFor, FlashJobOptions } from './flash-job-options.js';
import type { FlashPlan } from './flash-plan.js';
import { checkBuild } from './running-build.js';
import { type BootEvidence, waitForFirmware } from './wait-for-firmware.js';

const DEFAULT_FLASH_BAUD_RATE = 460800;
/** Every adapter and cable manages this one. */
const SAFE_BAUD_RATE = 115200;

/** A first boot formats the filesystem, which takes an ESP8266 several seconds. */
const BANNER_TIMEOUT_MS = 20_000;
/** Where another flash mode can be tried next. */
const FIRST_BANNER_TIMEOUT_MS = 15_000;

export interface FlashOptions extends OperationOptions {
  /**
   * The image; check it with checkFirmware before the port is opened. Or a function that selects one for the chip:
   * called while the board waits in its loader.
   */
  firmware: FirmwareImage | FirmwareFor;
  /** Baud rate for writing, 460800 by default. 115200 is tried when it fails. */
  baudRate?: number | undefined;
  /**
   * Erase the whole flash first, with files and stored networks. A flash that holds other data than
   * MicroPython is always erased, unless `keepFiles` is set.
   */
  erase?: boolean | undefined;
  /** Erase only the area of the image, whatever the flash holds. */
  keepFiles?: boolean | undefined;
  /**
   * Size of the flash in the image's header, in bytes. Without it: that of the flash, but 4 MB on an ESP8266 with more,
   * where MicroPython may not start otherwise; one that is there with the whole size keeps it.
   */
  headerFlashBytes?: number | undefined;
  /** Into the ROM loader, instead of the sequences that are usual for such a port; see parseResetSequence. */
  resetSequence?: ResetSequence | undefined;
  /** Find out what would be done, change no byte of the flash, and restart the board as it is. */
  dryRun?: boolean | undefined;
  /** Called once before the whole flash is erased, with what it holds; it may save it first. */
  beforeErase?: BeforeErase | undefined;
}

export interface FlashResult {
  readonly chip: string;
  readonly revision: string | undefined;
  readonly mac: string;
  readonly crystalMHz: number;
  /** 0 if the flash chip does not report it. */
  readonly flashSizeBytes: number;
  readonly imageBytes: number;
  /** Only the plan was made; nothing was written. */
  readonly dryRun: boolean;
  /** What was done to the flash, or would be. */
  readonly plan: FlashPlan;
  /** Of files that came with the image, unless those of the board are kept: whether they are written, or there already. */
  readonly files: 'write' | 'nothing' | undefined;
  /** The flash held this image already: nothing was written. */
  readonly skipped: boolean;
  /** Bits a second at which it was written. */
  readonly baudRate: number;
  readonly flashMode: FlashMode | undefined;
  /** `false`: the start of the firmware could not be checked. */
  readonly isMicroPython: boolean;
  /** MicroPython's version, from its banner, or from the image in a dry run. */
  readonly version: string | undefined;
  /** `sys.implementation._build`: board and variant; only of a board without a main.py that goes on, since 1.25. */
  readonly build: string | undefined;
  /** The line with which MicroPython introduced itself, when it did. */
  readonly banner: string | undefined;
}

/**
 * Checks an image by its own structure.
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function checkFirmware(
  bytes: Uint8Array,
  name: string,
  { onProgress, ...options }: InspectOptions & { onProgress?: OnProgress | undefined } = {},
): FirmwareImage {
  onProgress?.({ event: 'step', step: 'check-image' });
  const image = inspectFirmware(bytes, name, options);
  onProgress?.(imageEvent(image));
  filesOfImage(image); // damaged ones are refused before a port is opened
  return image;
}

/** What `setup` adds to it. */
interface WithFiles {
  readonly filesystemFor?: FlashJobOptions['filesystemFor'];
  readonly onChip?: FlashJobOptions['onChip'];
  /** The log of the port, which is read if files were written. */
  readonly log?: BoardLog | undefined;
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
}

/** How a board was flashed, for what follows. */
export interface Flashed {
  readonly result: FlashResult;
  /** Sent for files in the flash; `undefined` if none were written. */
  readonly filesSentBytes: number | undefined;
  /** The event by which the firmware was seen to run, if it was read from the log. */
  readonly seen: LogEntry | undefined;
}

/**
 * Writes the image unless the flash holds it, verifies it by MD5 and restarts the board into it. Where the link fails,
 * 115200 baud is tried; where the firmware does not start, the flash modes `dio` and `dout`.
 * @throws PortalError `loader-silent`, `board-restarts`, `firmware-wrong-chip`, `firmware-too-large`, `flash-failed`,
 *   `flash-mismatch`, `firmware-silent`, `firmware-not-running`, `port-lost`, and what `firmware` throws; the signal's reason
 */
export async function flash(port: Port, options: FlashOptions): Promise<FlashResult> {
  return (await flashWithFiles(port, options)).result;
}

/**
 * As `flash`; where MicroPython has no filesystem yet, one goes along.
 * @throws PortalError as `flash`, and what `filesystemFor` throws
 */
export async function flashWithFiles(port: Port, options: FlashOptions & WithFiles): Promise<Flashed> {
  const { baudRate = DEFAULT_FLASH_BAUD_RATE, dryRun = false, signal } = options;
  const job = new FlashJob(port, options);
  const done = (written: Written, evidence: BootEvidence | undefined): Flashed => ({
    result: describe(written, { dryRun, mode: job.flashMode, evidence, files: filesDone(job) }),
    filesSentBytes: job.filesSentBytes,
    seen: evidence?.seen,
  });
  try {
    let written = await writeWithBaudFallback(job, baudRate, options);
    // Only a board that can be reset can be tried again. After an earlier MicroPython, its files may suppress the prompt.
    const canTryModes = written.start === 'reset' && written.isFirst;
    const modes = canTryModes ? simplerModes(job.flashMode ?? written.image.flashMode) : [];
    for (const mode of [...modes, undefined]) {
      if (written.start === 'by-hand') options.onProgress?.({ event: 'action', action: 'press-reset' });
      if (dryRun || !written.image.isMicroPython) return done(written, undefined);
      const isLast = mode === undefined;
      const timeoutMs = isLast ? BANNER_TIMEOUT_MS : FIRST_BANNER_TIMEOUT_MS;
      const reading = job.filesSentBytes === undefined ? {} : { log: options.log, onLog: options.onLog };
      const evidence = await waitForFirmware(port, { timeoutMs, thorough: isLast, signal, ...reading });
      if (evidence) {
        checkBuild(evidence.build, written.image, port.name, options.onProgress ?? (() => {}));
        return done(written, evidence);
      }
      if (isLast) break;
      job.flashMode = mode;
      options.onProgress?.({
        event: 'fallback',
        setting: 'flash-mode',
        value: mode,
        reason: 'The firmware is written and verified, but does not start.',
      });
      written = await writeWithBaudFallback(job, written.baudRate, options);
    }
    throw new PortalError('firmware-silent', `No MicroPython banner came from ${port.name}.`);
  } catch (error) {
    throw job.withState(error);
  }
}

async function writeWithBaudFallback(
  job: FlashJob,
  baudRate: number,
  { onProgress }: FlashOptions,
): Promise<Written> {
  try {
    return await job.write(baudRate);
  } catch (error) {
    if (!isRetryableAtLowerBaud(error) || baudRate <= SAFE_BAUD_RATE) throw error;
    onProgress?.({ event: 'fallback', setting: 'baud', value: SAFE_BAUD_RATE, reason: error.message });
    try {
      return await job.write(SAFE_BAUD_RATE);
    } catch (second) {
      // The loader answered before: its silence now says less than what happened then.
      throw second instanceof PortalError && second.code === 'loader-silent' ? error : second;
    }
  }
}

/** Whether it may go better at a lower rate. */
function isRetryableAtLowerBaud(error: unknown): error is PortalError {
  if (!(error instanceof PortalError)) return false;
  return error.code === 'flash-failed' || error.code === 'flash-mismatch';
}

/** Modes with fewer data lines than the image's own, of which every flash chip and board has the last. */
function simplerModes(mode: FlashMode | undefined): FlashMode[] {
  if (mode === 'qio' || mode === 'qout') return ['dio', 'dout'];
  return mode === 'dio' ? ['dout'] : [];
}

function filesDone({ filesPlan, filesSentBytes }: FlashJob): FlashResult['files'] {
  if (filesPlan === undefined) return undefined;
  return filesPlan === 'nothing' && filesSentBytes === undefined ? 'nothing' : 'write';
}

function describe(
  written: Written,
  {
    dryRun,
    mode,
    evidence,
    files,
  }: {
    dryRun: boolean;
    mode: FlashMode | undefined;
    evidence: BootEvidence | undefined;
    files: FlashResult['files'];
  },
): FlashResult {
  const { chip, image, plan, baudRate } = written;
  const { event: _, ...facts } = chip;
  return {
    ...facts,
    imageBytes: image.bytes.length,
    dryRun,
    plan,
    files,
    skipped: plan === 'nothing' && files !== 'write',
    baudRate,
    flashMode: mode ?? image.flashMode,
    isMicroPython: image.isMicroPython,
    version: evidence?.version ?? image.version,
    build: evidence?.build,
    banner: evidence?.banner,
  };
}
