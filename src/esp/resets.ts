// Reset sequences on the two control lines. Asserted = low; RTS pulls EN and DTR pulls GPIO0, each through a
// transistor that does nothing while both lines are asserted.

import { delay } from '../delay.js';
import type { Port } from '../port/port.js';

/** One state of the lines and how long it is held. */
interface ResetStep {
  readonly dtr: boolean;
  readonly rts: boolean;
  readonly holdMs: number;
}

export type ResetSequence = readonly ResetStep[];

/** Restarts the chip into what its flash holds. */
export const RUN: ResetSequence = [
  { dtr: false, rts: true, holdMs: 100 }, // EN low: in reset
  { dtr: false, rts: false, holdMs: 0 }, // EN high with GPIO0 high: boots the flash
];

/** Into the ROM loader, for drivers that change one line at a time (Windows) or both. */
export const CLASSIC: ResetSequence = [
  { dtr: false, rts: true, holdMs: 100 }, // EN low
  { dtr: true, rts: false, holdMs: 50 }, // GPIO0 low, EN rises: the ROM samples GPIO0
  { dtr: false, rts: false, holdMs: 0 }, // GPIO0 high again
];

/** As CLASSIC, for boards whose capacitor on EN charges slowly. */
export const CLASSIC_SLOW: ResetSequence = CLASSIC.map((step) =>
  step.dtr ? { ...step, holdMs: step.holdMs + 500 } : step,
);

/** Into the ROM loader where the driver changes both lines at once (Linux, macOS). */
export const TIGHT: ResetSequence = [
  { dtr: false, rts: false, holdMs: 0 },
  { dtr: true, rts: true, holdMs: 0 }, // neither transistor conducts: no stray pulse on the way
  { dtr: false, rts: true, holdMs: 100 }, // EN low
  { dtr: true, rts: false, holdMs: 50 }, // GPIO0 low, EN rises
  { dtr: false, rts: false, holdMs: 0 },
];

/**
 * Plays a sequence on the lines of a port.
 * @throws PortalError `port-lost`; the signal's reason when it aborts, with both lines let go
 */
export async function runResetSequence(
  port: Port,
  sequence: ResetSequence,
  signal?: AbortSignal,
): Promise<void> {
  try {
    for (const { dtr, rts, holdMs } of sequence) {
      await port.setLines({ dtr, rts });
      if (holdMs > 0) await delay(holdMs, signal);
    }
  } catch (error) {
    if (signal?.aborted) await port.setLines({ dtr: false, rts: false });
    throw error;
  }
}
