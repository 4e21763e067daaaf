import { expect, test } from 'vitest';
import { meansNoControlLines, portError } from '../../../src/port/port-errors.js';

// Texts as the drivers of serialport 13 give them.
test.each([
  ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'port-not-found'],
  ['Opening COM9: File not found', 'port-not-found'],
  ['connect ECONNREFUSED 127.0.0.1:2217', 'port-unreachable'],
  ['getaddrinfo ENOTFOUND no-such-host', 'port-unreachable'],
  ['Error: Permission denied, cannot open /dev/ttyUSB0', 'port-denied'],
  ['Error: Resource temporarily unavailable Cannot lock port', 'port-busy'],
  ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'port-busy'],
  ['Opening COM3: Access denied', 'port-busy'],
  ['EIO: i/o error, write', 'port-lost'],
  ['disconnected', 'port-lost'],
  ['Something new', 'port-failed'],
])('%s is %s', (text, code) => {
  expect(portError('/dev/ttyUSB0', new Error(text)).code).toBe(code);
});

test('an error of ours is passed on as it is', () => {
  const error = portError('COM3', new Error('disconnected'));
  expect(portError('COM3', error)).toBe(error);
});

test('a pseudo-terminal is recognised by what it says to reset lines', () => {
  expect(meansNoControlLines(new Error('Error: Inappropriate ioctl for device, cannot set'))).toBe(true);
  expect(meansNoControlLines(new Error('EIO: i/o error'))).toBe(false);
});
