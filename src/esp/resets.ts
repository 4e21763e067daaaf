// Reset sequences on the two control lines, by what the board is attached with. Behind a UART bridge asserted = low; RTS
// pulls EN and DTR pulls GPIO0, each through a transistor that does nothing while both lines are asserted. On a chip with
// native USB, its firmware interprets the lines.

import { delay } from '../delay.js';
import type { NativeUsbKind } from '../port/discovery/usb-adapters.js';
import { type Port, restLines } from '../port/port.js';

/** One state of the lines and its duration. */
interface ResetStep {
  readonly dtr: boolean;
  readonly rts: boolean;
  readonly holdMs: number;
  /** Bits a second, set before the lines. */
  readonly baudRate?: number;
}

export type ResetSequence = readonly ResetStep[];

/** Restarts the chip from its flash. */
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
 * Into the ROM loader over USB-Serial/JTAG: DTR alone requests it, RTS alone resets, and neither cancels the request, so
 * the way from one to the other leads over both. ("USB Serial/JTAG Controller" in Espressif's technical references.)
 */
export const USB_SERIAL_JTAG: ResetSequence = [
  { dtr: false, rts: false, holdMs: 100 },
  { dtr: true, rts: false, holdMs: 100 }, // requests the loader
  { dtr: true, rts: true, holdMs: 0 },
  { dtr: false, rts: true, holdMs: 0 }, // resets
  { dtr: false, rts: true, holdMs: 100 }, // Windows sends DTR with the next change of RTS only
  { dtr: false, rts: false, holdMs: 0 },
];

/** On MicroPython's own USB port, this change of lines calls machine.bootloader() after 250 ms. */
export const MICROPYTHON_USB: ResetSequence = [
  { dtr: false, rts: true, holdMs: 100 },
  { dtr: true, rts: false, holdMs: 500 },
];

/** Arduino's way into a loader: DTR is released at 1200 baud. */
const TOUCH_1200: ResetSequence = [
  { dtr: true, rts: false, holdMs: 50, baudRate: 1200 },
  { dtr: false, rts: false, holdMs: 500 },
];

/**
 * Sequences into the ROM loader, in the order of attempts; which one works depends on host and board.
 * @param isRemote the port is behind a network, which hides what the board is attached by
 */
export function loaderSequences(
  kind: NativeUsbKind | undefined,
  isRemote: boolean,
): readonly ResetSequence[] {
  switch (kind) {
    case 'usb-serial-jtag':
      return [USB_SERIAL_JTAG, USB_SERIAL_JTAG, USB_SERIAL_JTAG];
    case 'usb-cdc':
      return [MICROPYTHON_USB, TOUCH_1200, MICROPYTHON_USB];
    case 'usb-rom':
      return [[], []]; // the ROM loader runs already
    case undefined:
      if (isRemote) return [TIGHT, CLASSIC, USB_SERIAL_JTAG, CLASSIC_SLOW, USB_SERIAL_JTAG, CLASSIC_SLOW];
      return [TIGHT, CLASSIC, TIGHT, CLASSIC_SLOW, TIGHT, CLASSIC, CLASSIC_SLOW];
  }
}

/** @returns the step of a sequence with which the chip leaves its reset; behind the last where it has none */
export function releaseStep(sequence: ResetSequence): number {
  const release = sequence.findIndex(({ dtr, rts }, index) => {
    const before = sequence[index - 1];
    return before?.rts && !before.dtr && !(rts && !dtr);
  });
  return release < 0 ? sequence.length : release;
}

/**
 * Plays a whole sequence on the lines of a port.
 * @throws as playSteps
 */
export async function runResetSequence(
  port: Port,
  sequence: ResetSequence,
  signal?: AbortSignal,
): Promise<void> {
  await playSteps(port, sequence, signal);
  if (port.usb?.kind === 'usb-cdc') await port.setLines(restLines(port));
}

/**
 * Plays the first steps of a sequence, and leaves the lines as they are then.
 * @throws PortalError `port-lost`; the signal's reason when it aborts, with the lines released
 */
export async function playSteps(port: Port, steps: ResetSequence, signal?: AbortSignal): Promise<void> {
  try {
    for (const { dtr, rts, holdMs, baudRate } of steps) {
      if (baudRate !== undefined) await port.setBaudRate(baudRate);
      await port.setLines({ dtr, rts });
      if (holdMs > 0) await delay(holdMs, signal);
    }
  } catch (error) {
    if (signal?.aborted) await port.setLines(restLines(port));
    throw error;
  }
}
