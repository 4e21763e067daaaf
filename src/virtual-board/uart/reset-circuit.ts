// The two transistors between the control lines and the pins EN and GPIO0 of a development board.

import type { ControlLines } from '../../port/port.js';

/** Levels of the two pins; true = high. */
export interface ResetPins {
  readonly en: boolean;
  readonly gpio0: boolean;
}

/**
 * Truth table of the circuit on NodeMCU-like boards: RTS alone pulls EN low, DTR alone pulls GPIO0 low,
 * both together cancel out, so that a program that opens the port (both asserted) leaves the chip alone.
 *
 * @param lines as the host asserts them (asserted = electrically low)
 */
export function resetPins({ dtr, rts }: ControlLines): ResetPins {
  return { en: !(rts && !dtr), gpio0: !(dtr && !rts) };
}
