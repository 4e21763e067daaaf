import { expect, it } from 'vitest';
import { resetPins } from '../../../../src/virtual-board/uart/reset-circuit.js';

it.each([
  { dtr: false, rts: false, en: true, gpio0: true },
  { dtr: false, rts: true, en: false, gpio0: true },
  { dtr: true, rts: false, en: true, gpio0: false },
  { dtr: true, rts: true, en: true, gpio0: true },
])('DTR $dtr and RTS $rts make EN $en and GPIO0 $gpio0', ({ dtr, rts, en, gpio0 }) => {
  expect(resetPins({ dtr, rts })).toEqual({ en, gpio0 });
});
