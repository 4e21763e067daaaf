// A board as a whole: power, reset, boot mode, and the start of its firmware.

import { describe, expect, it } from 'vitest';
import { CHIPS } from '../../../src/virtual-board/chips/chips.js';
import { generateFirmware } from '../../../src/virtual-board/chips/esp8266-image.js';
import { boardMac } from '../../../src/virtual-board/chips/mac.js';
import { bench, press, RELEASED } from '../../support/board-bench.js';

const IMAGE = generateFirmware({ version: '1.27.0', date: '2025-12-09' });
describe('a board with MicroPython in its flash', () => {
  it("boots it at power-on, after the ROM's output at 74880 baud", async () => {
    const on = bench(IMAGE, { hostBaudRate: 74880 });
    on.board.powerOn({ dtr: true, rts: true });
    await on.clock.advance(10);
    expect(on.heard()).toMatch(
      / ets Jan {2}8 2013,rst cause:1, boot mode:\(3,6\)[\s\S]*load 0x40100000, len 10240/,
    );
    expect(on.firmware.starts[0]).toMatchObject({
      version: '1.27.0',
      resetCause: 0,
      mac: boardMac('bench', CHIPS.esp8266.macVendor),
    });
    on.board.host.setBaudRate(115200);
    on.board.host.write(new TextEncoder().encode('hello'));
    await on.clock.advance(10);
    expect(on.heard()).toContain('hello');
  });

  it('stops at once when EN goes low, and starts anew when it rises', async () => {
    const on = bench(IMAGE);
    on.board.powerOn(RELEASED);
    await on.clock.advance(10);
    on.heard();
    await press(on, [[false, true]]);
    expect(on.firmware.stops).toBe(1);
    expect(on.heard()).toBe('');
    on.board.host.write(new TextEncoder().encode('anyone?'));
    await press(on, [[false, false]]);
    expect(on.firmware.starts.map(({ resetCause }) => resetCause)).toEqual([0, 6]);
    expect(on.heard()).toMatch(/MicroPython v1\.27\.0\r\n>>> $/);
  });

  it('is left alone by lines that are both asserted or released together', async () => {
    const on = bench(IMAGE);
    on.board.powerOn({ dtr: true, rts: true });
    await press(on, [
      [false, false],
      [true, true],
      [false, false],
    ]);
    expect(on.firmware.starts).toHaveLength(1);
    expect(on.firmware.stops).toBe(0);
  });

  it('restarts on request of its program, once for several requests', async () => {
    const on = bench(IMAGE);
    on.board.powerOn(RELEASED);
    await on.clock.advance(10);
    on.firmware.starts[0]?.requestReset();
    on.firmware.starts[0]?.requestReset();
    await on.clock.advance(10);
    expect(on.firmware.starts.map(({ resetCause }) => resetCause)).toEqual([0, 4]);
  });
});

describe.each([
  [
    'the classic sequence',
    [
      [false, true],
      [true, false],
    ],
  ],
  [
    'the Unix sequence',
    [
      [false, false],
      [true, true],
      [false, true],
      [true, false],
    ],
  ],
  [
    'lines that Windows changes one by one, RTS first',
    [
      [false, true],
      [false, false],
      [true, false],
    ],
  ],
  [
    'lines that Python changes one by one, DTR first',
    [
      [false, true],
      [true, true],
      [true, false],
    ],
  ],
] as [string, [boolean, boolean][]][])('%s', (_, lines) => {
  it('brings the chip into download mode, not into its flash', async () => {
    const on = bench(IMAGE, { hostBaudRate: 74880 });
    on.board.powerOn(RELEASED);
    await on.clock.advance(10);
    on.heard();
    await press(on, lines);
    await press(on, [[false, false]]);
    expect(on.heard()).toBe('\r\n ets Jan  8 2013,rst cause:2, boot mode:(1,6)\r\n\r\n');
    expect(on.firmware.starts).toHaveLength(1);
  });
});

it.each([
  [1, '(1,6)'],
  [3, '(3,6)'],
])(
  'samples GPIO0 when EN has risen: pulled low %i ms after EN is let go, it boots in mode %s',
  async (ms, mode) => {
    const on = bench(IMAGE, { hostBaudRate: 74880 });
    on.board.powerOn(RELEASED);
    await press(on, [[false, true]]);
    on.heard();
    on.board.host.setLines({ dtr: false, rts: false });
    await on.clock.advance(ms);
    await press(on, [[true, false]]);
    expect(on.heard()).toContain(`boot mode:${mode}`);
  },
);

describe('a board that has nothing to boot', () => {
  const damaged = IMAGE.slice();
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] ?? 0) ^ 1;

  it.each([
    ['a blank flash', new Uint8Array(0)],
    ['a damaged trailer', damaged],
    ['an image cut short', IMAGE.subarray(0, 0xa000)],
  ])('prints an error and stops with %s', async (_, flash) => {
    const on = bench(flash, { hostBaudRate: 74880 });
    on.board.powerOn(RELEASED);
    await on.clock.advance(1000);
    expect(on.heard()).toBe('\r\n ets Jan  8 2013,rst cause:1, boot mode:(3,6)\r\n\r\nets_main.c \r\n');
    on.board.host.write(new TextEncoder().encode('\r\n'));
    await on.clock.advance(1000);
    expect(on.heard()).toBe('');
    expect(on.firmware.starts).toHaveLength(0);
  });
});

it('shows boot output as garbage to a host at 115200, and the firmware after it in the clear', async () => {
  const on = bench(IMAGE, { speed: 'real' });
  on.board.powerOn(RELEASED);
  await on.clock.advance(100);
  const boot = on.heard();
  expect(boot).not.toContain('rst cause');
  expect(boot.length).toBeGreaterThan(100);
  await on.clock.advance(900);
  expect(on.heard()).toBe('MicroPython v1.27.0\r\n>>> ');
});

it('receives nothing between its ROM and its firmware, and a reset in between starts it only once', async () => {
  const on = bench(IMAGE, { speed: 'real' });
  on.board.powerOn(RELEASED);
  await on.clock.advance(200);
  on.board.host.write(new TextEncoder().encode('too early'));
  await press(on, [[false, true]]);
  await press(on, [[false, false]]);
  await on.clock.advance(200);
  on.board.host.write(new TextEncoder().encode('too early'));
  await on.clock.advance(1000);
  expect(on.firmware.starts).toHaveLength(1);
  expect(on.heard()).toMatch(/MicroPython v1\.27\.0\r\n>>> $/);
});

describe('an ESP32', () => {
  const image = CHIPS.esp32.generateFirmware({ version: '1.27.0', date: '2025-12-09' });
  const flashed = Buffer.concat([Buffer.alloc(0x1000, 0xff), image]);

  it('prints its reset cause and what it loads at 115200 baud, and starts MicroPython', async () => {
    const on = bench(flashed, { chip: 'esp32', speed: 'real' });
    on.board.powerOn({ dtr: true, rts: true });
    await on.clock.advance(1000);
    expect(on.heard()).toMatch(
      /^ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 \(POWERON_RESET\),boot:0x13 \(SPI_FAST_FLASH_BOOT\)\r\nconfigsip: 0, SPIWP:0xee\r\n[\s\S]*load:0x3fff0030,len:4604\r\n[\s\S]*entry 0x4008064c\r\nMicroPython v1\.27\.0\r\n>>> $/,
    );
    expect(on.firmware.starts[0]).toMatchObject({
      chip: 'esp32',
      resetCause: 1,
      filesystem: { address: 0x200000, sizeBytes: 0x200000 },
    });
    on.firmware.starts[0]?.requestReset();
    await on.clock.advance(1000);
    expect(on.heard()).toContain('rst:0xc (SW_CPU_RESET),boot:0x13');
    expect(on.firmware.starts[1]).toMatchObject({ resetCause: 2 });
  });

  it('waits for a download when GPIO0 is low', async () => {
    const on = bench(flashed, { chip: 'esp32' });
    on.board.powerOn(RELEASED);
    await on.clock.advance(10);
    on.heard();
    await press(on, [
      [false, true],
      [true, false],
    ]);
    await press(on, [[false, false]]);
    expect(on.heard()).toMatch(
      /rst:0x1 \(POWERON_RESET\),boot:0x3 \(DOWNLOAD_BOOT\(UART0\/UART1\/SDIO_REI_REO_V2\)\)\r\nwaiting for download\r\n$/,
    );
  });

  it('restarts without end with a blank flash, until it is held in reset', async () => {
    const on = bench(new Uint8Array(0), { chip: 'esp32', speed: 'real' });
    on.board.powerOn(RELEASED);
    await on.clock.advance(2000);
    expect(
      on.heard().match(/rst:0x10 \(RTCWDT_RTC_RESET\)[^e]*invalid header: 0xffffffff/g)?.length,
    ).toBeGreaterThan(2);
    await press(on, [[false, true]]);
    on.heard();
    await on.clock.advance(2000);
    expect(on.heard()).toBe('');
  });

  it.each([
    ['its application is damaged', flashed.length - 100],
    ['its partition table is overwritten', 0x8000],
  ])('finds nothing to start when %s', async (_, at) => {
    const damaged = Buffer.from(flashed);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    const on = bench(damaged, { chip: 'esp32' });
    on.board.powerOn(RELEASED);
    await on.clock.advance(100);
    expect(on.heard()).toContain('No bootable app partitions');
    expect(on.firmware.starts).toHaveLength(0);
  });
});
