import { expect, test } from 'vitest';
import { describeInstall } from '../../../../src/cli/commands/install.js';
import type { InstallResult } from '../../../../src/operations/install.js';

const result: InstallResult = {
  state: 'waiting',
  mainLines: [],
  form: 'mpy6',
  version: '1.27.0',
  filesSent: 1,
  bytes: 33,
  sentBytes: 120,
  sent: ['app.py'],
  removed: [],
  kept: {},
};

test('one small file is told in bytes, and as one', () => {
  expect(describeInstall(result)).toEqual(['1 file (33 bytes) is new or changed, sent as 120 bytes.']);
  expect(describeInstall({ ...result, filesSent: 2, bytes: 14_100, sentBytes: 9_700 })).toEqual([
    '2 files (14.1 KB) are new or changed, sent as 9.7 KB.',
  ]);
});

test('what would be done names every path', () => {
  const dry = { ...result, state: 'untouched', removed: ['old.py'], kept: { 'a.py': 'a.py.old' } } as const;
  expect(describeInstall(dry)).toEqual([
    '1 file (33 bytes) would be sent: app.py.',
    'To be removed: old.py.',
    'The a.py that was there would be kept as a.py.old.',
  ]);
});
