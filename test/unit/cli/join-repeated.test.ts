// Options that can be repeated.
import { expect, test } from 'vitest';
import { joinRepeated } from '../../../src/cli/join-repeated.js';

const OPTIONS = { field: { type: 'string', isList: true }, essid: { type: 'string' } } as const;

test.each([
  [
    ['install', '--field', 'a=A', '-q', '--field=b=B'],
    ['install', '--field=a=A\nb=B', '-q'],
  ],
  [
    ['--essid', 'x', '--essid', 'y'],
    ['--essid', 'x', '--essid', 'y'],
  ],
  [['--field', ''], ['--field=']],
  [
    ['--field', '--quiet'],
    ['--field', '--quiet'],
  ],
  [
    ['install', '--field'],
    ['install', '--field'],
  ],
])('%j becomes %j', (argv, joined) => {
  expect(joinRepeated(argv, OPTIONS)).toEqual(joined);
});
