// Tracebacks and crashes in a log: one event each, with what it says.

import { describe, expect, test } from 'vitest';
import {
  ARDUINO_EXCEPTION,
  bytesOf,
  ESP32_START,
  FATAL_EXCEPTION,
  GURU_MEDITATION,
} from '../../support/log-fixtures.js';
import { names, parse, read, singly } from '../../support/parsed-log.js';

describe('a traceback', () => {
  test('is one event with its frames, followed by whatever comes', () => {
    expect(
      read(
        'Traceback (most recent call last):',
        '  File "main.py", line 3, in <module>',
        '  File "bad.py", line 7',
        'SyntaxError: invalid syntax',
        'MicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266',
      ),
    ).toMatchObject([
      {
        event: 'python.traceback',
        type: 'SyntaxError',
        message: 'invalid syntax',
        frames: [
          { file: 'main.py', line: 3, function: '<module>' },
          { file: 'bad.py', line: 7 },
        ],
      },
      { event: 'boot.micropython', version: '1.27.0', machine: 'ESP module with ESP8266' },
    ]);
  });

  test('that is broken off by a reset loses no line', () => {
    const lines = ['Traceback (most recent call last):', '  File "main.py", line 3', '(garbage)'];
    expect(read(...lines).map(({ raw }) => raw)).toEqual(lines);
  });

  test('without end is cut into lines again', () => {
    const lines = ['Traceback (most recent call last):', ...Array(500).fill('  File "a.py", line 1, in f')];
    expect(read(...lines).map(({ raw }) => raw)).toEqual(lines);
  });

  const frames = (name: string) => [
    'Traceback (most recent call last):',
    `  File "m.py", line 1, in ${name}`,
  ];
  test.each([
    [[...frames('<module>'), 'MemoryError: '], 'import'],
    [[...frames('start'), 'MemoryError: memory allocation failed, allocating 2048 bytes'], 'gc.collect()'],
    [['MemoryError: memory allocation failed, allocating 64 bytes'], 'gc.collect()'],
    [[...frames('f'), 'OSError: [Errno 12] ENOMEM'], 'sockets'],
    [[...frames('f'), 'OSError: [Errno 98] EADDRINUSE'], 'SO_REUSEADDR'],
    [[...frames('f'), 'OSError: [Errno 112] EADDRINUSE'], 'SO_REUSEADDR'],
    [[...frames('f'), 'OSError: 28'], 'full'],
    [[...frames('f'), 'OSError: -2'], 'resolved'],
    [[...frames('f'), 'OSError: Wifi Internal Error'], 'active(True)'],
    [[...frames('f'), "ImportError: no module named 'x'"], 'esp-portal install'],
    [[...frames('f'), 'ValueError: incompatible .mpy file'], 'esp-portal install'],
  ])('comes with advice: %s', (lines, advice) => {
    expect(read(...lines)).toMatchObject([
      { event: 'python.traceback', advice: expect.stringContaining(advice) },
    ]);
  });
});

describe('a crash', () => {
  test("of an ESP8266 is one event with its registers, in the SDK's form", () => {
    const [crash, next] = read(...FATAL_EXCEPTION, ' ets Jan  8 2013,rst cause:2, boot mode:(3,6)');
    expect(crash).toMatchObject({
      event: 'crash.esp8266',
      kind: 'LoadProhibited',
      cause: 28,
      registers: { epc1: '0x402162f3', excvaddr: '0x0000000c' },
      explanation: expect.stringContaining('null pointer'),
      raw: FATAL_EXCEPTION.join('\n'),
    });
    expect(next).toMatchObject({ event: 'boot.rom' });
    expect(read('Fatal exception (0): ', FATAL_EXCEPTION[1] ?? '')).toMatchObject([
      { kind: 'IllegalInstruction', cause: 0 },
    ]);
  });

  test("of an ESP8266 in the Arduino core's form has its stack in its raw text", () => {
    const entries = read(...ARDUINO_EXCEPTION, 'after');
    expect(names(entries)).toEqual(['crash.esp8266', 'line']);
    expect(entries[0]).toMatchObject({ cause: 3, raw: ARDUINO_EXCEPTION.join('\n') });
  });

  test('of an ESP32 is one event from its first word to "Rebooting"', () => {
    const entries = read(...GURU_MEDITATION, ...ESP32_START);
    expect(entries[0]).toMatchObject({
      event: 'crash.esp32',
      kind: 'LoadProhibited',
      core: 1,
      registers: { PC: '0x40001277', EXCVADDR: '0x0000000c' },
      backtrace: ['0x40001274', '0x400d96da'],
      raw: GURU_MEDITATION.join('\n'),
    });
    expect(names(entries)).toContain('boot.rom');
    const bytes = bytesOf([...GURU_MEDITATION, ...ESP32_START]);
    expect(parse(singly(bytes))).toEqual(entries);
  });

  test.each([
    ['abort() was called at PC 0x400d1234 on core 1', 'abort'],
    ['assert failed: xQueueSemaphoreTake queue.c:1545 (( pxQueue ))', 'assert'],
    ['***ERROR*** A stack overflow in task mp_task has been detected.', 'stack overflow'],
    ['Brownout detector was triggered', 'brownout'],
    [
      "Guru Meditation Error: Core  0 panic'ed (Interrupt wdt timeout on CPU0).",
      'Interrupt wdt timeout on CPU0',
    ],
  ])('of an ESP32: %s', (line, kind) => {
    const entries = read(line, '', ...ESP32_START);
    expect(entries[0]).toMatchObject({ event: 'crash.esp32', kind });
    expect(entries[0]?.explanation).not.toContain('met "');
  });

  test('without end is cut: what follows are lines', () => {
    const dump = ['Exception (28):', ...Array(1000).fill('3ffffe50:  00000010 3fff01e8 3ffeee88 3ffef208')];
    const entries = read(...dump);
    expect(entries.flatMap(({ raw }) => raw.split('\n'))).toEqual(dump);
    expect(names(entries).filter((event) => event === 'crash.esp8266')).toHaveLength(1);
  });
});
