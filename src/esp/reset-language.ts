// esptool's syntax for reset sequences of odd boards, such as `D0|R1|W0.1|D1|R0|W0.5|D0`. Pure text.
// "Custom Reset Sequence" in esptool's documentation: D and R set DTR and RTS, U both, W waits seconds.

import { PortalError } from '../errors.js';
import { parseDecimal } from '../input/decimal.js';
import type { ResetSequence } from './resets.js';

const LONGEST_WAIT_S = 60;
const MOST_STEPS = 100;

/** @throws PortalError `usage` with the invalid step */
export function parseResetSequence(text: string): ResetSequence {
  const steps: { dtr: boolean; rts: boolean; holdMs: number }[] = [];
  const words = text.split('|');
  if (words.length > MOST_STEPS)
    throw new PortalError('usage', `A reset sequence has at most ${MOST_STEPS} steps.`);
  let lines = { dtr: false, rts: false };
  for (const word of words) {
    const [, line, state] = /^([DR])([01])$/.exec(word) ?? [];
    const [, dtr, rts] = /^U([01]),([01])$/.exec(word) ?? [];
    const seconds = word.startsWith('W') ? parseDecimal(word.slice(1)) : undefined;
    if (seconds !== undefined && seconds <= LONGEST_WAIT_S) {
      const before = steps.pop() ?? { ...lines, holdMs: 0 };
      steps.push({ ...before, holdMs: before.holdMs + Math.round(seconds * 1000) });
      continue;
    }
    if (line !== undefined) lines = { ...lines, [line === 'D' ? 'dtr' : 'rts']: state === '1' };
    else if (dtr !== undefined) lines = { dtr: dtr === '1', rts: rts === '1' };
    else {
      throw new PortalError(
        'usage',
        `Invalid step "${word}" in the reset sequence: give D0, D1, R0, R1, U0,1 or W and seconds, joined by |, such as D0|R1|W0.1|D1|R0|W0.5|D0.`,
      );
    }
    steps.push({ ...lines, holdMs: 0 });
  }
  return steps;
}
