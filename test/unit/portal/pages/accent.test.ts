import { expect, test } from 'vitest';
import { accentFault } from '../../../../src/portal/pages/accent.js';

test.each(['#0b62d6', '#000000', '#767676'])('%s is taken', (colour) => {
  expect(accentFault(colour)).toBeUndefined();
});

test.each([
  ['#777777', 'contrast of 4.4:1'],
  ['#ffcc00', 'contrast of 1.5:1'],
  ['#ffffff', 'contrast of 1.0:1'],
])('%s is refused with a colour that is taken', (colour, words) => {
  const fault = accentFault(colour) ?? '';
  expect(fault).toContain(words);
  const [, near = ''] = /; (#[\da-f]{6}) works/.exec(fault) ?? [];
  expect(accentFault(near)).toBeUndefined();
});

test.each(['red', '#06d', '0b62d6', '#0b62dg', '#0b62d6;x'])('%s is no colour', (colour) => {
  expect(accentFault(colour)).toContain('#rrggbb');
});
