// flash: puts a MicroPython image on a board, proves it, and sees the firmware's banner.

import { createHash } from 'node:crypto';
import { inspectFlash } from '../device/flash-contents.js';
import { type FirmwareImage, inspectFirmware, withFlashSize } from '../device/image.js';
import type { ChipLoader } from '../device/loader.js';
import { RawRepl } from '../device/raw-repl.js';
import { playReset, RUN } from '../device/resets.js';
import { PortalError } from '../errors.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import type { ChipEvent, ImageEvent, OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';

/** MicroPython's REPL and log speak at this rate. */
const REPL_BAUD_RATE = 115200;
const DEFAULT_FLASH_BAUD_RATE = 460800;

/** A first boot formats the filesystem, which takes an ESP8266 several seconds. */
const BANNER_TIMEOUT_MS = 20_000;

export interface FlashOptions {
  /** The image; check it with checkFirmware before the port is opened. */
  firmware: FirmwareImage;
  /** Bits a second while writing; 460800 unless told otherwise. */
  baudRate?: number | undefined;
  /**
   * Erase the whole flash first, files and stored networks included. A flash that holds something else than
   * MicroPython is erased in any case.
   */
  erase?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
}

export interface FlashResult {
  readonly chip: string;
  readonly mac: string;
  readonly flashSizeBytes: number;
  readonly imageBytes: number;
  /** MicroPython's version: from its banner, or else from the image. */
  readonly version: string | undefined;
}

/**
 * Checks an image by its own structure.
 * @param name the file, for messages
 * @throws PortalError `firmware-invalid`, `firmware-damaged`
 */
export function checkFirmware(bytes: Uint8Array, name: string, onProgress?: OnProgress): FirmwareImage {
  onProgress?.({ event: 'step', step: 'check-image' });
  const image = inspectFirmware(bytes, name);
  onProgress?.(describeImage(image));
  return image;
}

function describeImage({ bytes, chip, version }: FirmwareImage): ImageEvent {
  return { event: 'image', chip, version, sizeBytes: bytes.length };
}

/**
 * Writes the image, verifies it by MD5 and restarts the board into it.
 * @throws PortalError `loader-silent`, `firmware-wrong-chip`, `firmware-too-large`, `flash-failed`,
 *   `flash-mismatch`, `firmware-silent`, `port-lost`; the signal's reason
 */
export async function flash(port: Port, options: FlashOptions): Promise<FlashResult> {
  const {
    firmware,
    baudRate = DEFAULT_FLASH_BAUD_RATE,
    erase = false,
    signal,
    onProgress = () => {},
  } = options;
  const { ChipLoader } = await import('../device/loader.js');

  onProgress({ event: 'step', step: 'enter-loader' });
  const loader = await ChipLoader.connect(port, signal);
  let chip: ChipEvent;
  try {
    checkFamily(loader.family, firmware);
    onProgress({ event: 'step', step: 'load-stub' });
    chip = await loader.prepare(baudRate);
    onProgress(chip);
    checkSize(chip, firmware);
    const contents = await inspectFlash(loader, firmware);
    onProgress({ event: 'contents', contents });
    if (erase || contents === 'other') {
      onProgress({ event: 'step', step: 'erase' });
      await loader.eraseAll();
    }
    await writeAndVerify(loader, firmware, chip, onProgress);
  } catch (error) {
    await loader.restart(REPL_BAUD_RATE).catch(() => {}); // a board left in its loader looks dead
    throw error;
  }

  onProgress({ event: 'step', step: 'restart' });
  await loader.restart(REPL_BAUD_RATE);
  const version = (await seeFirmware(port, signal)) ?? firmware.version;
  const { mac, flashSizeBytes } = chip;
  return { chip: chip.chip, mac, flashSizeBytes, imageBytes: firmware.bytes.length, version };
}

function checkFamily(family: string, firmware: FirmwareImage): void {
  if (family !== firmware.chip) {
    throw new PortalError(
      'firmware-wrong-chip',
      `The board is an ${family}, the image is for an ${firmware.chip}.`,
    );
  }
}

function checkSize({ flashSizeBytes }: ChipEvent, { bytes, offset }: FirmwareImage): void {
  if (flashSizeBytes > 0 && offset + bytes.length > flashSizeBytes) {
    throw new PortalError(
      'firmware-too-large',
      `The image needs ${offset + bytes.length} bytes, the flash of this board has ${flashSizeBytes}.`,
    );
  }
}

async function writeAndVerify(
  loader: ChipLoader,
  firmware: FirmwareImage,
  { flashSizeBytes }: ChipEvent,
  onProgress: OnProgress,
): Promise<void> {
  const bytes = withFlashSize(firmware, flashSizeBytes);
  onProgress({ event: 'step', step: 'write' });
  await loader.write(firmware.offset, bytes, (doneBytes, totalBytes) => {
    onProgress({ event: 'bytes', step: 'write', doneBytes, totalBytes });
  });
  onProgress({ event: 'step', step: 'verify' });
  const expected = createHash('md5').update(bytes).digest('hex');
  const actual = await loader.md5(firmware.offset, bytes.length);
  if (actual !== expected) {
    throw new PortalError(
      'flash-mismatch',
      `The flash differs from the image (MD5 ${actual}, expected ${expected}).`,
    );
  }
}

/**
 * Waits for MicroPython's banner. A main.py from before the update runs instead of the prompt: then the prompt is
 * asked for, but only after a first boot has had the time to format its files.
 * @returns the version in the banner, `undefined` when MicroPython runs without having shown it
 */
async function seeFirmware(port: Port, signal: AbortSignal | undefined): Promise<string | undefined> {
  const sign = await new BoardLog(port).waitFor(isSignOfPython, { timeoutMs: BANNER_TIMEOUT_MS, signal });
  if (sign) return sign.event === 'boot.micropython' ? sign.version : undefined;
  try {
    await using _repl = await RawRepl.enter(port, signal);
  } catch (error) {
    if (!(error instanceof PortalError && error.code.startsWith('repl-'))) throw error;
    throw new PortalError('firmware-silent', `No MicroPython banner came from ${port.name}.`, {
      cause: error,
    });
  }
  await playReset(port, RUN, signal);
  return undefined;
}

/** The banner, or a line that only our portal prints. */
function isSignOfPython(entry: LogEntry): entry is LogEntry {
  return /^(boot\.micropython|creds|portal)/.test(entry.event);
}
