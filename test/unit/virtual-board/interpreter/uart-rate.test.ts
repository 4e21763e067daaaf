// machine.UART(0): the rate of the UART that the REPL is on.

import { describe, expect, test } from 'vitest';
import { PROMPT, RunningBoard, VERSIONS } from './running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  test('an ESP8266 sets the rate, drops what it has not sent, and comes back at a soft reset', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    expect(await board.run('import machine; machine.UART(0, 460800)')).toContain('UART(0, baudrate=460800');
    expect(await board.run('machine.UART(0, baudrate=921600).write("a")')).toBe('a1\r\n');
    expect(await board.run('machine.UART(1, 9600)')).toContain('ValueError');
    board.send('\x04');
    await board.until(PROMPT);
    expect(board.rates).toEqual([
      [460800, true],
      [921600, true],
      [115200, true],
    ]);
  });
});

test('an ESP32 sends the rest at the new rate, and keeps it at a soft reset', async () => {
  await using board = new RunningBoard({ version: '1.27.0', chip: 'esp32' });
  await board.until(PROMPT);
  await board.run('import machine; machine.UART(0, 460800)');
  board.send('\x04');
  await board.until(PROMPT);
  expect(board.rates).toEqual([[460800, false]]);
});

test('before 1.19 the UART of an ESP32 is reserved for the REPL', async () => {
  await using board = new RunningBoard({ version: '1.18', chip: 'esp32' });
  await board.until(PROMPT);
  expect(await board.run('import machine; machine.UART(0, 460800)')).toContain(
    'ValueError: UART(0) is disabled (dedicated to REPL)',
  );
  expect(board.rates).toEqual([]);
});
