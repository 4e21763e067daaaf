// On which ports and boards an upload changes the rate; the exchange itself is in virtual/faster-upload.

import { expect, test } from 'vitest';
import { fasterRate } from '../../../src/micropython/faster-rate.js';
import type { Port } from '../../../src/port/port.js';

const ESP8266 = { platform: 'esp8266', version: '1.12' };
const LARGE = 150_000;

const port = (changes: Partial<Port> = {}): Port => ({
  ...{ name: 'test', baudRate: 115200, hasLines: true, usb: undefined, roundTripMs: 0 },
  read: async () => undefined,
  write: async () => {},
  setLines: async () => {},
  setBaudRate: async () => {},
  [Symbol.asyncDispose]: async () => {},
  ...changes,
});

test.each([
  ['an ESP8266 of any version', port(), ESP8266, LARGE, undefined, 460800],
  ['an ESP32 since 1.19', port(), { platform: 'esp32', version: '1.19.1' }, LARGE, undefined, 460800],
  ['an ESP32 before', port(), { platform: 'esp32', version: '1.18' }, LARGE, undefined, undefined],
  [
    'another port of MicroPython',
    port(),
    { platform: 'rp2', version: '1.27.0' },
    LARGE,
    undefined,
    undefined,
  ],
  ['a rate that is wanted', port(), ESP8266, LARGE, 921600, 921600],
  ['a rate that is no faster', port(), ESP8266, LARGE, 115200, undefined],
  ['little to send', port(), ESP8266, 16_384, undefined, undefined],
  ['a port without lines, as a socket', port({ hasLines: false }), ESP8266, LARGE, undefined, undefined],
  [
    'native USB',
    port({ usb: { kind: 'usb-cdc', mac: undefined } }),
    { platform: 'esp32', version: '1.27.0' },
    LARGE,
    undefined,
    undefined,
  ],
  ['a slow network', port({ roundTripMs: 40 }), ESP8266, LARGE, undefined, undefined],
  ['a network on this computer', port({ roundTripMs: 1 }), ESP8266, LARGE, undefined, 460800],
  ['a REPL at a slower rate', port({ baudRate: 57600 }), ESP8266, LARGE, undefined, undefined],
])('%s', (_, at, board, bytes, wanted, rate) => {
  expect(fasterRate(at, board, bytes, wanted)).toBe(rate);
});
