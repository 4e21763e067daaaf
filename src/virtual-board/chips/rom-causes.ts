// What the ROMs of the ESP32 family print about reset cause and loading, by groups of chips with the same words.
// Sources: boot logs in ESP-IDF's documentation (security/*_log.inc, api-guides/fatal-errors), in esp-at's and in public
// bug reports, the words that ESP-IDF's tests expect (test_reset_reason.c, panic_dut.py), `RESET_REASON` in rom/rtc.h.

import type { ResetCause } from './chip-model.js';
import type { Esp32Image } from './esp32-image.js';

export type RomCauses = Readonly<Record<ResetCause, string>>;

/** The reset pin and power-on are one to all of these chips. */
const ANY_POWER_ON = { 'power-on': '0x1 (POWERON)', 'en-pin': '0x1 (POWERON)' };

export const ESP32_CAUSES: RomCauses = {
  'power-on': '0x1 (POWERON_RESET)',
  'en-pin': '0x1 (POWERON_RESET)',
  usb: '0x1 (POWERON_RESET)', // it has no such port
  software: '0xc (SW_CPU_RESET)',
  bootloader: '0x3 (SW_RESET)',
  watchdog: '0x10 (RTCWDT_RTC_RESET)',
  'no-firmware': '0x10 (RTCWDT_RTC_RESET)',
  'brown-out': '0xc (SW_CPU_RESET)',
};

/** Of S2, S3, C2 and C3. */
export const RST_CAUSES: RomCauses = {
  ...ANY_POWER_ON,
  usb: '0x15 (USB_UART_CHIP_RESET)',
  software: '0xc (RTC_SW_CPU_RST)',
  bootloader: '0x3 (RTC_SW_SYS_RST)',
  watchdog: '0x10 (RTCWDT_RTC_RST)',
  'no-firmware': '0x7 (TG0WDT_SYS_RST)',
  'brown-out': '0x3 (RTC_SW_SYS_RST)',
};

/** Of C6 and H2. */
export const LP_CAUSES: RomCauses = {
  ...ANY_POWER_ON,
  usb: '0x15 (USB_UART_HPSYS)',
  software: '0xc (SW_CPU)',
  bootloader: '0x3 (LP_SW_HPSYS)',
  watchdog: '0x10 (LP_WDT_SYS)',
  'no-firmware': '0x7 (TG0_WDT_HPSYS)',
  'brown-out': '0x3 (LP_SW_HPSYS)',
};

/** Of C5 and C61. */
export const RTC_CAUSES: RomCauses = {
  ...LP_CAUSES,
  bootloader: '0x3 (RTC_SW_HPSYS)',
  watchdog: '0x10 (RTC_WDT_SYS)',
  'brown-out': '0x3 (RTC_SW_HPSYS)',
};

export const ESP32P4_CAUSES: RomCauses = {
  ...ANY_POWER_ON,
  usb: '0x17 (CHIP_USB_UART_RESET)',
  software: '0xc (SW_CPU_RESET)',
  bootloader: '0x3 (SW_SYS_RESET)',
  watchdog: '0x10 (CHIP_LP_WDT_RESET)',
  'no-firmware': '0x7 (HP_SYS_HP_WDT_RESET)',
  'brown-out': '0x3 (SW_SYS_RESET)',
};

/** @param lengthBase of the numbers of bytes */
function loading(lines: readonly string[], lengthBase: 'decimal' | 'hex') {
  const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;
  return ({ segments, entryPoint }: Esp32Image): string =>
    [
      ...lines,
      ...segments.map(({ address, data: { length } }) => {
        const lengthText = lengthBase === 'hex' ? hex(length, 1) : `${length}`;
        return `load:${hex(address, 8)},len:${lengthText}`;
      }),
      `entry ${hex(entryPoint, 8)}`,
      '',
    ].join('\r\n');
}

export const ESP32_LOADING = loading(
  [
    'configsip: 0, SPIWP:0xee',
    'clk_drv:0x00,q_drv:0x00,d_drv:0x00,cs0_drv:0x00,hd_drv:0x00,wp_drv:0x00',
    'mode:DIO, clock div:2',
  ],
  'decimal',
);
/** Of S2, S3, C2, C3, C6 and H2. */
export const SPIWP_LOADING = loading(['SPIWP:0xee', 'mode:DIO, clock div:1'], 'hex');
/** Of C5, C61 and P4. */
export const SPI_MODE_LOADING = loading(['SPI mode:DIO, clock div:1'], 'hex');
