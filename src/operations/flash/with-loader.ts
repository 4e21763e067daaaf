// A board in its loader for the time of some work, and back in its firmware afterwards.

import { PortalError } from '../../errors.js';
import type { ChipLoader } from '../../esp/loader.js';
import type { ResetSequence } from '../../esp/resets.js';
import type { Port } from '../../port/port.js';
import type { ChipEvent, OperationOptions } from '../../progress.js';

/** Baud rate of MicroPython's REPL and log. */
const REPL_BAUD_RATE = 115200;
const DEFAULT_BAUD_RATE = 460800;
/** Every adapter and cable manages this one. */
const SAFE_BAUD_RATE = 115200;

export interface LoaderOptions extends OperationOptions {
  /** Bits a second, 460800 by default. 115200 is tried when it fails. */
  readonly baudRate?: number | undefined;
  /** Into the ROM loader, instead of the sequences that are usual for such a port; see parseResetSequence. */
  readonly resetSequence?: ResetSequence | undefined;
}

interface WorkOptions extends LoaderOptions {
  /** Whether the work may be done again at a lower baud rate; always by default. */
  readonly canRetry?: (() => boolean) | undefined;
}

/**
 * Enters the loader, works, and restarts the board, whatever happens.
 * @param work is called again at 115200 baud where the link failed
 * @throws PortalError `loader-silent`, `board-restarts`, `board-locked`, `flash-failed`, `flash-missing`, `port-lost`;
 *   what `work` throws; the signal's reason
 */
export async function withLoader<T>(
  port: Port,
  options: WorkOptions,
  work: (loader: ChipLoader, chip: ChipEvent) => Promise<T>,
): Promise<T> {
  const { baudRate = DEFAULT_BAUD_RATE, onProgress, canRetry = () => true } = options;
  try {
    return await workAt(port, baudRate, options, work);
  } catch (error) {
    const isRetryable =
      error instanceof PortalError && error.code === 'flash-failed' && baudRate > SAFE_BAUD_RATE;
    if (!isRetryable || !canRetry()) throw error;
    onProgress?.({ event: 'fallback', setting: 'baud', value: SAFE_BAUD_RATE, reason: error.message });
    return await workAt(port, SAFE_BAUD_RATE, options, work);
  }
}

/** @param way that needs no size, as a command to give after `With MicroPython on the board, ` */
export function unknownFlashSize(way: string): PortalError {
  return new PortalError('flash-missing', 'The flash chip does not report its size.', {
    likelyCause: 'The flash chip is of a kind that is not known.',
    next: `With MicroPython on the board, ${way}.`,
  });
}

async function workAt<T>(
  port: Port,
  baudRate: number,
  { resetSequence, signal, onProgress = () => {} }: LoaderOptions,
  work: (loader: ChipLoader, chip: ChipEvent) => Promise<T>,
): Promise<T> {
  const { ChipLoader } = await import('../../esp/loader.js');
  onProgress({ event: 'step', step: 'enter-loader' });
  const loader = await ChipLoader.connect(port, { fastBaudRate: baudRate, resetSequence, signal });
  try {
    onProgress({ event: 'step', step: 'load-stub' });
    const chip = await loader.prepare(baudRate);
    onProgress(chip);
    const result = await work(loader, chip);
    onProgress({ event: 'step', step: 'restart' });
    if ((await loader.restart(REPL_BAUD_RATE)) === 'by-hand')
      onProgress({ event: 'action', action: 'press-reset' });
    return result;
  } catch (error) {
    await loader.restart(REPL_BAUD_RATE).catch(() => {}); // a board in its loader does not respond to users
    throw error;
  }
}
