// Addresses that name no port that could be.
import { expect, test } from 'vitest';
import { likelyAddress } from '../../../src/port/likely-address.js';
import { openPort } from '../../../src/port/open.js';

test.each([
  ['rfc2217://127.0.0.1:99999', 'a port number from 1 to 65535, as in rfc2217://'],
  ['socket://127.0.0.1:0', 'a port number from 1 to 65535, as in socket://'],
  ['socket://', 'needs a host and a port number'],
  ['', '"" is not a port'],
  ['id:', '"id:" is not a port'],
])('%s is refused with a form that works', async (address, message) => {
  await expect(openPort(address)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message),
  });
});

test.each([
  ['vitual:desk', 'virtual:desk'],
  ['virtual', 'virtual:'],
  ['rfc2217:127.0.0.1:2217', 'rfc2217://127.0.0.1:2217'],
  ['sockt://there:23', 'socket://there:23'],
  ['ttyUSB0', '/dev/ttyUSB0'],
  ['COM3', undefined],
  ['/dev/ttyUSB7', undefined],
  ['desk', undefined],
])('%s may be meant for %s', (address, guess) => {
  expect(likelyAddress(address, (path) => path === '/dev/ttyUSB0')).toBe(guess);
});

test('a missing port is reported with a suggestion', async () => {
  await expect(openPort('vitual:desk')).rejects.toMatchObject({
    code: 'port-not-found',
    message: 'There is no port vitual:desk. Did you mean virtual:desk?',
  });
});
