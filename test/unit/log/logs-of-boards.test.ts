// Boot logs, crashes and tracebacks as boards print them, each with the events that a person who reads it would name.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { LogEntry } from '../../../src/log/events.js';
import { LogParser } from '../../../src/log/log-parser.js';
import { inPieces, seededRandom } from '../../support/random.js';

const FOLDER = new URL('../../fixtures/logs/', import.meta.url);
const LOGS = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.log'))
  .map((name) => name.slice(0, -'.log'.length));

function parse(pieces: readonly Uint8Array[]): LogEntry[] {
  const parser = new LogParser({ board: 'desk' });
  return [...pieces.flatMap((piece) => parser.push(piece, 0)), ...parser.end(0)];
}
const read = (...lines: string[]) => parse([Buffer.from(`${lines.join('\r\n')}\r\n`)]);

describe.each(LOGS)('%s.log', (name) => {
  const bytes = readFileSync(new URL(`${name}.log`, FOLDER));

  test('gives the events that a person names', () => {
    const expected: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));
    expect(parse([bytes])).toMatchObject(expected as object[]);
  });

  test('gives the same one byte at a time and in random pieces', () => {
    const whole = parse([bytes]);
    expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    expect(parse(inPieces(bytes, seededRandom(1), 60))).toEqual(whole);
  });
});

describe('the words of a start decide, not its numbers', () => {
  test.each([
    ['rst:0x1 (POWERON),boot:0x2b (SPI_FAST_FLASH_BOOT)', 'flash', 'power-on'],
    ['rst:0x1 (POWERON),boot:0x6e (SPI_FAST_FLASH_BOOT)', 'flash', 'power-on'],
    ['rst:0x3 (RTC_SW_SYS_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)', 'flash', 'restart by software'],
    ['rst:0x15 (USB_UART_CHIP_RESET),boot:0xd (SPI_FAST_FLASH_BOOT)', 'flash', 'USB'],
    ['rst:0xf (BROWN_OUT_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)', 'flash', 'brown-out'],
    ['rst:0x1 (POWERON),boot:0x4 (DOWNLOAD(USB/UART0/1))', 'loader', 'power-on'],
    ['rst:0x1 (POWERON_RESET),boot:0x2 (UART0_BOOT)', 'loader', 'power-on'],
    ['rst:0x1 (POWERON_RESET),boot:0x13 (UART_BOOT(UART0))', 'loader', 'power-on'],
    ['rst:0x1 (POWERON),boot:0x8(SPI_FAST_FLASH_BOOT)', 'flash', 'power-on'],
    ['rst:0x5 (SLEEP_WAKEUP),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'deep sleep'],
    ['rst:0x17 (CHIP_USB_UART_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)', 'flash', 'USB serial port'],
    ['rst:0x16 (CHIP_USB_JTAG_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)', 'flash', 'JTAG'],
    ['rst:0x7 (HP_SYS_HP_WDT_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)', 'flash', 'watchdog of a timer group'],
    ['rst:0x9 (HP_SYS_LP_WDT_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)', 'flash', 'RTC watchdog'],
    ['rst:0x10 (CHIP_LP_WDT_RESET),boot:0x307 (DOWNLOAD(USB/UART0/SPI))', 'loader', 'no firmware'],
    ['rst:0x5 (PMU_SYS_PWR_DOWN_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)', 'flash', 'deep sleep'],
    ['rst:0x3 (SW_SYS_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'restart by software'],
    ['rst:0x7 (TG0_WDT_HPSYS),boot:0x18 (SPI_FAST_FLASH_BOOT)', 'flash', 'no firmware'],
    ['rst:0x7 (TG0WDT_SYS_RST),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'no firmware'],
    ['rst:0x8 (TG1_WDT_HPSYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'interrupts were blocked'],
    ['rst:0x9 (LP_WDT_HPSYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'RTC watchdog'],
    ['rst:0xc (SW_CPU),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'restart by the program'],
    ['rst:0xf (LP_BOD_SYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'brown-out'],
    ['rst:0x10 (LP_WDT_SYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'start hung'],
    ['rst:0x10 (RTC_WDT_SYS),boot:0x18 (SPI_FAST_FLASH_BOOT)', 'flash', 'start hung'],
    ['rst:0x12 (LP_SWDT_SYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'super watchdog'],
    ['rst:0x14 (EFUSE_HPSYS),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'eFuses'],
    ['rst:0x15 (USB_UART_HPSYS),boot:0x18 (SPI_FAST_FLASH_BOOT)', 'flash', 'USB serial port'],
    ['rst:0x18 (JTAG_CPU),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'JTAG'],
    ['rst:0x1a (CPU_LOCKUP),boot:0xc (SPI_FAST_FLASH_BOOT)', 'flash', 'locked up'],
  ])('%s', (line, bootSource, why) => {
    expect(read(line)).toMatchObject([
      { event: 'boot.rom', bootSource, explanation: expect.stringContaining(why) },
    ]);
  });
});

test("an ESP32-P4, whose words are an ESP32's, is not taken for one", () => {
  for (const line of [
    'rst:0xc (SW_CPU_RESET),boot:0x30f (SPI_FAST_FLASH_BOOT)',
    'rst:0xc (SW_CPU_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)',
    'rst:0x3 (SW_SYS_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)',
    'rst:0x17 (CHIP_USB_UART_RESET),boot:0xc (SPI_FAST_FLASH_BOOT)',
    'rst:0x10 (CHIP_LP_WDT_RESET),boot:0x1f (SPI_FAST_FLASH_BOOT)',
  ])
    expect(read(line), line).not.toMatchObject([{ chip: 'esp32' }]);
  expect(read('rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)')).toMatchObject([{ chip: 'esp32' }]);
});

test.each([
  ['E (61) boot_comm: Image requires efuse blk rev >= v1.3, but chip is v1.0', 'revision of this chip'],
  [
    'E (61) boot_comm: eFuse block revision check failed. Required >= v1.0, found v0.2.',
    'revision of this chip',
  ],
  ["Invalid image block, can't boot.", 'no valid firmware'],
  ['E (50) boot_comm: mismatch chip ID, expected 9, found 5', 'built for another chip'],
  ['E (61) boot.esp32c3: failed to initialise the flash', 'cannot start the firmware'],
  ['E (61) secure_boot_v2: Secure boot V2 verification failed.', 'cannot start the firmware'],
  ['E (61) flash_encrypt: Flash encryption settings error', 'cannot start the firmware'],
  ['ets_loader.c 78 ', 'wrong flash mode'],
  ['invalid segment length 0xffffffff', 'incomplete or damaged'],
])('%s', (line, explanation) => {
  expect(read(line)).toMatchObject([
    { event: 'boot.failed', explanation: expect.stringContaining(explanation) },
  ]);
});

test('an error after which the bootloader goes on is no failed boot', () => {
  for (const line of [
    'E (61) boot: ota data partition invalid, falling back to factory',
    'E (61) boot: ota data partition invalid and no factory, will try all partitions',
  ])
    expect(read(line), line).toMatchObject([{ event: 'sdk.error' }]);
  expect(read('SHA-256 comparison failed:', 'Attempting to boot anyway...')).toMatchObject([
    { event: 'boot.loading', explanation: expect.stringContaining('starts it all the same') },
    { event: 'boot.loading' },
  ]);
});

test('a brown-out is one event, with and without the time that ESP-IDF prints', () => {
  for (const line of [
    'E BOD: Brownout detector was triggered',
    'E (1234) BOD: Brownout detector was triggered',
  ])
    expect(read(line), line).toMatchObject([{ event: 'crash.esp32', kind: 'brownout', raw: line }]);
});

test('firmware that the bootloader cannot start is written again without erasing the files', () => {
  expect(read('E (109) boot: No bootable app partitions in the partition table')).toMatchObject([
    { event: 'boot.failed', advice: 'Write it again: esp-portal flash' },
  ]);
});

/** As ESP-IDF 5 on an ESP32-C3 prints it. */
const STACK_PROTECTION = [
  "Guru Meditation Error: Core  0 panic'ed (Stack protection fault). ",
  '',
  'Detected in task "mp_task" at 0x4200a2b4',
  'Stack pointer: 0x3fc8f000',
  'Stack bounds: 0x3fc8f1c0 - 0x3fc901b0',
  '',
  '',
  'Core  0 register dump:',
  'MEPC    : 0x4200a2b4  RA      : 0x4200a2a0  SP      : 0x3fc8f000  GP      : 0x3fc8c400  ',
  'S0/FP   : 0x00000000  S1      : 0x00000001  MCAUSE  : 0x0000001b  MTVAL   : 0x00000000  ',
  '',
  'Stack memory:',
  '3fc8f000: 0x00000000 0x00000000 0x3fc8f1c0 0x4200a2b4',
  '',
  'ELF file SHA256: bd97f3b4e',
  '',
  'Rebooting...',
];

test('a RISC-V panic keeps its registers behind the lines that explain it', () => {
  expect(read(...STACK_PROTECTION)).toMatchObject([
    {
      event: 'crash.esp32',
      kind: 'Stack protection fault',
      core: 0,
      registers: { MEPC: '0x4200a2b4', 'S0/FP': '0x00000000', MCAUSE: '0x0000001b' },
      raw: STACK_PROTECTION.join('\n'),
    },
  ]);
});

describe('what begins in the middle of a line is a separate event', () => {
  const TRACEBACK = ['Traceback (most recent call last):', '  File "<stdin>", line 1, in f', 'ValueError: x'];
  const PANIC = ["Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled."];
  const FATAL = ['Fatal exception 28(LoadProhibitedCause):', 'epc1=0x402162f3, epc2=0x00000000'];
  test.each([
    ['>>> ', TRACEBACK, 'python.traceback'],
    ['Connecting....', PANIC, 'crash.esp32'],
    ['>>> print(1)', FATAL, 'crash.esp8266'],
    [">>> wlan.connect('Home', 'S3cr", FATAL, 'crash.esp8266'],
    ['Temp: 2', ['Brownout detector was triggered'], 'crash.esp32'],
    ['Temp: 2', ['\x1b[0;31mE BOD: Brownout detector was triggered\x1b[0m'], 'crash.esp32'],
    ['\x01\x02\x03\x04', FATAL, 'crash.esp8266'],
    ['>>> ', ['rst:0x1 (POWERON),boot:0xc (SPI_FAST_FLASH_BOOT)'], 'boot.rom'],
    ['Temp: 2', [' ets Jan  8 2013,rst cause:4, boot mode:(3,6)'], 'boot.rom'],
  ])('%j before %j', (before, lines, event) => {
    const entries = read(before + lines[0], ...lines.slice(1));
    expect(entries.at(-1)).toMatchObject({ event });
    expect(entries).toHaveLength(2);
    expect(JSON.stringify(entries)).not.toContain('S3cr');
  });

  test('but what only quotes it is a line', () => {
    for (const line of [
      "print('Traceback (most recent call last):')",
      "print('Brownout detector was triggered')",
      'see Fatal exception 28 in the manual',
      "log('Guru Meditation Error')",
      'the market sells rst:0x1 sets Jam',
    ])
      expect(read(line)).toMatchObject([{ event: 'line', raw: line }]);
  });
});

test('lines in Latin-1 and GBK, and spinners, are text', () => {
  for (const bytes of [
    Buffer.from('Temp\xe9rature \xe0 l\xe9tage: \xb0C', 'latin1'),
    Buffer.from([0xce, 0xc2, 0xb6, 0xc8, 0xa3, 0xba, 0xca, 0xaa, 0xb6, 0xc8]),
    Buffer.from('|\b/\b-\b\\\b|\b/\bdone'),
  ])
    expect(parse([Buffer.concat([bytes, Buffer.from('\r\n')])])).toMatchObject([{ event: 'line' }]);
});

describe('comes with advice', () => {
  const exception = (text: string) => [
    'Traceback (most recent call last):',
    '  File "m.py", line 4, in f',
    text,
  ];
  test.each([
    [['rf_cal[0] !=0x05,is 0xFF'], 'boot.failed', 'esp-portal flash --erase'],
    [['LmacRxBlk:1'], 'sdk.error', 'gc.collect()'],
    [
      [
        'E (57) spi_flash: Detected size(2048k) smaller than the size in the binary image header(4096k). Probe failed.',
      ],
      'boot.failed',
      'flash size',
    ],
    [
      ['E (44) boot: Image requires chip rev >= v3.0, but chip is v1.0'],
      'boot.failed',
      'supports this chip revision',
    ],
    [['E (126) quad_psram: PSRAM ID read error: 0xffffffff'], 'sdk.error', 'without PSRAM'],
    [['E (9) task_wdt: Task watchdog got triggered. The following'], 'sdk.error', 'sleep_ms'],
    [exception("OSError: (-202, 'EAI_FAIL')"), 'python.traceback', 'DNS'],
    [exception("OSError: (-32512, 'MBEDTLS_ERR_SSL_ALLOC_FAILED')"), 'python.traceback', 'TLS needs'],
    [exception('IndentationError: unexpected indent'), 'python.traceback', 'indentation'],
    [
      ['Traceback (most recent call last):', '  File "m.py", line 1', 'SyntaxError: invalid syntax'],
      'python.traceback',
      'BOM',
    ],
  ])('%j', (lines, event, advice) => {
    expect(read(...lines)).toMatchObject([{ event, advice: expect.stringContaining(advice) }]);
  });
});
