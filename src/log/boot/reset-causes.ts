// Why a chip started and from where, in words.
// ESP8266: "A.3 ESP8266 boot messages" in Espressif's hardware design guidelines. ESP32 family: the words of the ROMs
// (esp_rom/*/rtc.h, RESET_REASON, and boot logs); their numbers differ from chip to chip.

import { ESP32_START, ESP8266_START } from './boot-texts.js';

/** Where the ROM starts from; `loader` waits for a flasher. */
export type BootSource = 'flash' | 'loader' | 'other';

/** The ROM's line about a start of the chip. */
export interface ChipStart {
  /** `undefined` where the words fit several chips. */
  readonly chip: string | undefined;
  readonly resetCause: number;
  readonly bootMode: number;
  readonly bootSource: BootSource;
  /** The cause as the ROM names it: a number on an ESP8266, words on an ESP32. */
  readonly causeText: string;
  readonly isBrownOut: boolean;
  readonly explanation: string;
}

const ESP8266_CAUSES: Readonly<Record<number, string>> = {
  0: 'cause unknown',
  1: 'power-on',
  2: 'reset pin, wake-up from deep sleep, or a restart by the program',
  3: 'restart by software',
  4: 'hardware watchdog: the program hung',
};

const SD_CARD = 'from an SD card, because GPIO15 is high';
const ESP8266_MODES: Readonly<Record<number, readonly [BootSource, string]>> = {
  0: ['other', 'no valid boot mode: GPIO15 or GPIO2 has the wrong level'],
  1: ['loader', 'into the ROM loader, because GPIO0 is low: it waits for a flasher'],
  3: ['flash', 'from flash'],
  4: ['other', SD_CARD],
  5: ['other', SD_CARD],
  6: ['other', SD_CARD],
  7: ['other', SD_CARD],
};

const BROWN_OUT = /BROWN_?OUT|_BOD_/;
/** Words of the ESP32's ROM; later chips leave out the last one. */
const ESP32_WORDS =
  /^(?:POWERON|SW|SW_CPU|EXT_CPU|OWDT|DEEPSLEEP|SDIO|INTRUSION|TG\dWDT_SYS|TGWDT_CPU|RTCWDT_(?:SYS|CPU|RTC|BROWN_OUT))_RESET$/;
/** Six strapping bits. */
const ESP32_MAX_BOOT_MODE = 0x3f;
/** GPIO0 is high: without it an ESP32 does not boot from flash. */
const ESP32_FLASH_BIT = 0x10;

/** First match wins. */
const ESP32_CAUSES: readonly (readonly [RegExp, string])[] = [
  [/^POWERON/, 'power-on, or the reset pin'],
  [BROWN_OUT, 'brown-out: the supply voltage fell too low'],
  [/^(?:DSLEEP|DEEPSLEEP|SLEEP_WAKEUP|PMU_\w+_PWR_DOWN)/, 'wake-up from deep sleep'],
  [/^(?:CHIP_)?USB_UART/, 'the USB serial port'],
  [/^(?:CHIP_)?(?:USB_JTAG|JTAG)/, 'JTAG'],
  [/SUPER_?WDT|SWDT/, 'super watchdog: the chip hung'],
  [/^OWDT/, 'legacy watchdog'],
  [/^TG0_?WDT/, 'watchdog of timer group 0: there was no firmware to start, or the program hung'],
  [/^TG1_?WDT/, 'watchdog of timer group 1: interrupts were blocked for too long'],
  [/^TGWDT/, 'watchdog of a timer group, for one core'],
  [
    /^RTCWDT_RTC|^(?:RTC|LP)_WDT_SYS|^CHIP_LP_WDT/,
    'RTC watchdog: there was no firmware to start, or the start hung',
  ],
  [/^(?:RTC_?WDT|LP_WDT)|_LP_WDT/, 'RTC watchdog'],
  [/_HP_WDT/, 'watchdog of a timer group: there was no firmware to start, or the program hung'],
  [/^EXT_CPU/, 'one core restarted the other'],
  [/SW_CPU/, 'restart by the program, or after a crash'],
  [/^(?:RTC_SW|LP_SW|HP_SW|SW_)/, 'restart by software'],
  [/^SDIO/, 'SDIO host'],
  [/INTRUSION/, 'intrusion detection'],
  [/GLITCH/, 'glitch of the supply voltage or the clock'],
  [/EFUSE/, 'error in the eFuses'],
  [/LOCKUP/, 'the processor locked up after a double exception'],
];

/** @returns `undefined` for any other line */
export function readChipStart(line: string): ChipStart | undefined {
  const esp8266 = ESP8266_START.exec(line);
  if (esp8266) return esp8266Start(Number(esp8266[1]), Number(esp8266[2]));
  const [, cause, causeWords = '', mode, modeWords = ''] = ESP32_START.exec(line) ?? [];
  if (cause === undefined || mode === undefined) return undefined;
  return esp32Start(Number.parseInt(cause, 16), causeWords, Number.parseInt(mode, 16), modeWords);
}

function esp8266Start(resetCause: number, bootMode: number): ChipStart {
  const why = ESP8266_CAUSES[resetCause] ?? `cause ${resetCause}`;
  const [bootSource, how] = ESP8266_MODES[bootMode] ?? ['other', `in mode ${bootMode}`];
  return {
    chip: 'esp8266',
    resetCause,
    bootMode,
    bootSource,
    causeText: `${resetCause}`,
    isBrownOut: false, // its ROM does not report it
    explanation: `reset: ${why}; boots ${how}`,
  };
}

function esp32Start(resetCause: number, causeWords: string, bootMode: number, modeWords: string): ChipStart {
  const why = ESP32_CAUSES.find(([words]) => words.test(causeWords))?.[1] ?? `cause ${causeWords}`;
  const bootSource = esp32Source(modeWords);
  const how = {
    flash: 'from flash',
    loader: 'into the ROM loader, because the boot pin (BOOT button) is low: it waits for a flasher',
    other: `in mode ${modeWords || bootMode}`,
  }[bootSource];
  return {
    chip: isEsp32(causeWords, bootMode, bootSource) ? 'esp32' : undefined,
    resetCause,
    bootMode,
    bootSource,
    causeText: causeWords,
    isBrownOut: BROWN_OUT.test(causeWords),
    explanation: `reset: ${why}; boots ${how}`,
  };
}

/** An ESP32-P4 has some of the same words, and other strapping pins. */
function isEsp32(causeWords: string, bootMode: number, bootSource: BootSource): boolean {
  const fitsMode = bootSource !== 'flash' || (bootMode & ESP32_FLASH_BIT) !== 0;
  return ESP32_WORDS.test(causeWords) && bootMode <= ESP32_MAX_BOOT_MODE && fitsMode;
}

/** The words decide: the number has one meaning on each chip. */
function esp32Source(words: string): BootSource {
  if (/DOWNLOAD|UART\d?_BOOT|USB_BOOT/.test(words)) return 'loader';
  return /FLASH_BOOT|SPI_BOOT/.test(words) ? 'flash' : 'other';
}
