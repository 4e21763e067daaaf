import { expect, test } from 'vitest';
import { meansNoControlLines, portError } from '../../../src/port/port-errors.js';

// Texts as the drivers of serialport 13 give them.
test.each([
  ['Error: No such file or directory, cannot open /dev/ttyUSB0', 'port-not-found'],
  ['Opening COM9: File not found', 'port-not-found'],
  ['connect ECONNREFUSED 127.0.0.1:2217', 'port-unreachable'],
  ['connect EACCES 255.255.255.255:2217', 'port-unreachable'],
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

test.each([
  'Error: Inappropriate ioctl for device setting custom baud rate of 115200',
  'Error: Is a directory, cannot open /tmp',
])('%s before a port is open means that it is none', (text) => {
  expect(portError('/dev/null', new Error(text))).toMatchObject({
    code: 'port-failed',
    message: '/dev/null is not a serial port.',
    next: 'esp-portal ports',
  });
  expect(portError('/dev/null', new Error(text), true).message).not.toContain('not a serial port');
});

test.each([
  'Writing to COM port (GetOverlappedResult): Operation aborted',
  'Reading from COM port (ReadIOCompletion): Access denied',
  'Writing to COM port (GetOverlappedResult): Unknown error code 31',
  'Setting control lines: Access denied',
])('%s ends a port that was open: it is lost, not busy', (text) => {
  expect(portError('COM3', new Error(text), true).code).toBe('port-lost');
});

test('whatever a driver calls disconnected is lost', () => {
  const error = Object.assign(new Error('Something new'), { disconnected: true });
  expect(portError('COM3', error, true).code).toBe('port-lost');
});

test('a PortalError is passed on unchanged', () => {
  const error = portError('COM3', new Error('disconnected'));
  expect(portError('COM3', error)).toBe(error);
});

test('a pseudo-terminal is recognised by its error for reset lines', () => {
  expect(meansNoControlLines(new Error('Error: Inappropriate ioctl for device, cannot set'))).toBe(true);
  expect(meansNoControlLines(new Error('EIO: i/o error'))).toBe(false);
});
