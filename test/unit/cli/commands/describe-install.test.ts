import { expect, test } from 'vitest';
import { describeInstall, describeStart, viewLater } from '../../../../src/cli/commands/install.js';
import type { InstallResult } from '../../../../src/operations/install/install-result.js';

const result: InstallResult = {
  state: 'without-portal',
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

test('one small file is shown in bytes, in the singular', () => {
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
    'The existing a.py would be renamed to a.py.old.',
  ]);
});

test('an address of a virtual board is given only while a command keeps the board running', () => {
  const portal = { state: 'portal', ssid: 'Lamp', url: 'http://192.168.4.1/' } as const;
  const address = 'http://127.0.0.1:8080/';
  expect(describeStart(portal, { url: address })).toContain(`Open ${address} on this computer.`);
  const later = describeStart(portal, viewLater(address, 'virtual:desk'));
  expect(later).toMatch(/esp-portal monitor --port virtual:desk$/);
  expect(later).not.toContain(address);
  expect(describeStart(portal, viewLater(undefined, '/dev/ttyUSB0'))).toContain('with a phone');
});

test('the name that an ESP32 answers is given with its address', () => {
  const joined = { state: 'connected', ssid: 'Home', url: 'http://192.168.1.5/' } as const;
  expect(describeStart(joined, undefined, 'lamp.local')).toMatch(
    /http:\/\/192\.168\.1\.5\/ \(lamp\.local\)$/,
  );
  expect(describeStart(joined, undefined)).toMatch(/\/$/);
});
