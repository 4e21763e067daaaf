import { expect, test } from 'vitest';
import { parseResetSequence } from '../../../src/esp/reset-language.js';

test("esptool's classic sequence is read", () => {
  expect(parseResetSequence('D0|R1|W0.1|D1|R0|W0.5|D0')).toEqual([
    { dtr: false, rts: false, holdMs: 0 },
    { dtr: false, rts: true, holdMs: 100 },
    { dtr: true, rts: true, holdMs: 0 },
    { dtr: true, rts: false, holdMs: 500 },
    { dtr: false, rts: false, holdMs: 0 },
  ]);
});

test('U sets both lines at once, and waits add up', () => {
  expect(parseResetSequence('W1|U0,1|W0.1|W0.2|U1,0')).toEqual([
    { dtr: false, rts: false, holdMs: 1000 },
    { dtr: false, rts: true, holdMs: 300 },
    { dtr: true, rts: false, holdMs: 0 },
  ]);
});

test('has at most 100 steps, of which none waits longer than a minute', () => {
  const steps = Array.from({ length: 100 }, () => 'W60');
  expect(parseResetSequence(steps.join('|'))).toHaveLength(1);
  expect(() => parseResetSequence([...steps, 'D0'].join('|'))).toThrow('at most 100 steps');
});

test.each(['', 'D2', 'D', 'X1', 'D0|', 'U1', 'U0,2', 'W', 'W-1', 'W1e3', 'W61', 'D0,R1', 'd0'])(
  '"%s" is no sequence',
  (text) => {
    expect(() => parseResetSequence(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  },
);
