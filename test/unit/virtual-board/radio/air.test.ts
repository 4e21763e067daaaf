import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readAir } from '../../../../src/virtual-board/radio/air.js';

function air(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-air-'));
  const file = join(folder, 'air.json');
  writeFileSync(file, text);
  try {
    return readAir(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('networks are read, with defaults for what is left out', () => {
  expect(
    air('[{"ssid": "A", "password": "12345678", "fails": "no-address"}, {"ssid": "B", "rssi": -80}]'),
  ).toEqual([
    {
      ssid: 'A',
      password: '12345678',
      channel: 6,
      rssi: -60,
      hidden: false,
      enterprise: false,
      fails: 'no-address',
      addressMs: 0,
    },
    {
      ssid: 'B',
      password: '',
      channel: 6,
      rssi: -80,
      hidden: false,
      enterprise: false,
      fails: undefined,
      addressMs: 0,
    },
  ]);
});

test('a file that an editor on Windows has saved is read', () => {
  expect(air('\ufeff[{"ssid": "A"}]')).toMatchObject([{ ssid: 'A' }]);
});

test.each([
  ['nonsense', 'air.json is not JSON: Unexpected token'],
  ['{}', 'a list of networks'],
  ['[1]', 'network 1 is not an object'],
  ['[{"ssid": ""}]', 'network 1 needs an ssid of 1 to 32 bytes'],
  ['[{"ssid": "A"}, {"ssid": "B", "password": "short"}]', 'network 2 needs a password of 8'],
  ['[{"ssid": "A", "channel": 99}]', 'network 1: channel has to be a whole number from 1 to 14'],
  ['[{"ssid": "A", "fails": "often"}]', 'network 1 can fail with'],
  ['[{"ssidHex": "f"}]', 'network 1 needs an ssidHex of hexadecimal digits'],
  ['[{"ssid": "A", "addressMs": -1}]', 'network 1: addressMs has to be a whole number'],
  ['[{"ssid": "A", "pasword": "x"}]', 'network 1 has "pasword"; known are ssid'],
])('%s is refused', (text, message) => {
  expect(() => air(text)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
  );
});

test.runIf(process.platform === 'linux')('a device or pipe is refused without being read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-air-'));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(() => readAir('/dev/zero')).toThrow(
    'air=/dev/zero is a device, pipe or socket, not a regular file.',
  );
  expect(() => readAir(pipe)).toThrow(`air=${pipe} is a device, pipe or socket, not a regular file.`);
  expect(() => readAir(join(folder, 'none'))).toThrow('does not exist');
  rmSync(folder, { recursive: true });
});
