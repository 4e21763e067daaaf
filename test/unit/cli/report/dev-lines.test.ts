// What people read of dev.
import { expect, test } from 'vitest';
import { describeDev } from '../../../../src/cli/report/dev-lines.js';

const lines = (event: Parameters<typeof describeDev>[0]) => describeDev(event, (text) => text);

test('the folder that is watched is named; the current one has no name', () => {
  expect(lines({ event: 'watching', folder: 'program' })).toEqual(['Watching program.']);
  expect(lines({ event: 'watching', folder: '.' })).toEqual(['Watching this folder.']);
  expect(lines({ event: 'watching', folder: '.', pollsBecause: 'it is large' })).toEqual([
    'Looking through this folder every second, because it is large.',
  ]);
});
