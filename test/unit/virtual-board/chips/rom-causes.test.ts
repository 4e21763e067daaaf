import { expect, test } from 'vitest';
import { readChipStart } from '../../../../src/log/boot/reset-causes.js';
import { LogParser } from '../../../../src/log/log-parser.js';
import type { ResetCause } from '../../../../src/virtual-board/chips/chip-model.js';
import { CHIPS, type ChipName } from '../../../../src/virtual-board/chips/chips.js';

const MEANINGS: Readonly<Record<ResetCause, RegExp>> = {
  'power-on': /power-on/,
  'en-pin': /reset pin/,
  usb: /USB serial port|power-on|reset pin/, // where there is none, it cannot be asked for
  software: /restart by/,
  bootloader: /restart by/,
  watchdog: /watchdog: /,
  'no-firmware': /no firmware to start|the program hung/,
  'brown-out': /restart by|power-on/, // ESP-IDF restarts the chip by software
};

const FAMILY = (Object.keys(CHIPS) as ChipName[]).filter((chip) => chip.startsWith('esp32'));

/** The line of the ROM that names cause and mode. */
function startOf(chip: ChipName, cause: ResetCause) {
  const lines = CHIPS[chip].bootText(cause, 'flash').split('\r\n');
  return lines.map((line) => readChipStart(line)).find((start) => start !== undefined);
}

test.each(Object.keys(CHIPS) as ChipName[])('the log explains each reset of an %s', (chip) => {
  for (const [cause, meaning] of Object.entries(MEANINGS)) {
    const start = startOf(chip, cause as ResetCause);
    expect(start?.explanation, cause).toMatch(meaning);
    expect(start?.bootSource, cause).toBe('flash');
    if (chip.startsWith('esp32')) expect(start?.chip, cause).toBe(chip === 'esp32' ? 'esp32' : undefined);
  }
});

/** All that the ROM prints on a start of a small firmware. */
function startText(chip: ChipName): string {
  const { bootText, boot, generateFirmware, firmwareAddress, loader } = CHIPS[chip];
  const flash = new Uint8Array(4 * 1024 * 1024).fill(0xff);
  flash.set(generateFirmware({ version: '1.27.0', date: '2025-12-09' }), firmwareAddress);
  const read = (address: number, lengthBytes: number) => flash.slice(address, address + lengthBytes);
  const result = boot({ sizeBytes: flash.length, read }, loader.usualRevision);
  return bootText('power-on', 'flash') + result.text;
}

test.each(FAMILY)('every line of a start of an %s is one of its ROM', (chip) => {
  const parser = new LogParser({ board: 'desk' });
  const entries = [...parser.push(Buffer.from(startText(chip)), 0), ...parser.end(0)];
  const unknown = entries.filter(({ event, raw }) => !event.startsWith('boot.') && raw !== '');
  expect(unknown).toEqual([]);
  expect(entries.find(({ event }) => event === 'boot.rom')).toMatchObject({ chip });
});

test.each([
  ['esp32', 'software', 'rst:0xc (SW_CPU_RESET)'],
  ['esp32', 'bootloader', 'rst:0x3 (SW_RESET)'],
  ['esp32s3', 'software', 'rst:0xc (RTC_SW_CPU_RST)'],
  ['esp32s3', 'brown-out', 'rst:0x3 (RTC_SW_SYS_RST)'],
  ['esp32c3', 'no-firmware', 'rst:0x7 (TG0WDT_SYS_RST)'],
  ['esp32c3', 'usb', 'rst:0x15 (USB_UART_CHIP_RESET)'],
  ['esp32c5', 'no-firmware', 'rst:0x7 (TG0_WDT_HPSYS)'],
  ['esp32c5', 'watchdog', 'rst:0x10 (RTC_WDT_SYS)'],
  ['esp32c6', 'watchdog', 'rst:0x10 (LP_WDT_SYS)'],
  ['esp32c6', 'usb', 'rst:0x15 (USB_UART_HPSYS)'],
  ['esp32c61', 'bootloader', 'rst:0x3 (RTC_SW_HPSYS)'],
  ['esp32h2', 'bootloader', 'rst:0x3 (LP_SW_HPSYS)'],
  ['esp32p4', 'software', 'rst:0xc (SW_CPU_RESET)'],
  ['esp32p4', 'usb', 'rst:0x17 (CHIP_USB_UART_RESET)'],
] as const)('an %s names %s as in logs of real boards', (chip, cause, line) => {
  expect(CHIPS[chip].bootText(cause, 'flash')).toContain(`${line},boot:`);
});
