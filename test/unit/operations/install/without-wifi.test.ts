import { expect, test } from 'vitest';
import { withoutWifi } from '../../../../src/operations/install/without-wifi.js';

test.each([
  ['ESP32H2 module with ESP32H2', 'The ESP32-H2 on P has no WiFi.', undefined],
  ['ESP32H2 module with ESP32-H2', 'The ESP32-H2 on P has no WiFi.', undefined],
  ['Generic ESP32P4 module with ESP32-P4', 'MicroPython on P has no WiFi', 'C6_WIFI'],
  ['My own board with ESP32-C3', 'MicroPython on P has no WiFi', 'esp-portal flash'],
  ['something else', 'MicroPython on P has no WiFi', 'esp-portal flash'],
])('%j: %s, %s', (machine, message, next) => {
  const error = withoutWifi(machine, 'P');
  expect(error.message).toContain(message);
  if (next === undefined) expect(error.next).toBeUndefined();
  else expect(error.next).toContain(next);
});
