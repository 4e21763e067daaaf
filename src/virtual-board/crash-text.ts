// Output of a chip when its firmware crashes. Formats as in reports of users; the figures have no meaning.

import type { ChipFamily } from './chips/chip-model.js';

/** As Espressif's NonOS SDK prints it. */
const ESP8266 = `Fatal exception 28(LoadProhibitedCause):
epc1=0x40216a3c, epc2=0x00000000, epc3=0x00000000, excvaddr=0x00000010, depc=0x00000000`;

/** As ESP-IDF 5 prints it, after MicroPython's own words (ports/esp32/panichandler.c). */
const ESP32 = `
A fatal error occurred. The crash dump printed below may be used to help
determine what caused it. If you are not already running the most recent
version of MicroPython, consider upgrading. New versions often fix bugs.

To learn more about how to debug and/or report this crash visit the wiki
page at: https://github.com/micropython/micropython/wiki/ESP32-debugging

MPY version : v1.27.0 on 2025-12-09
IDF version : v5.5.1
Machine     : Generic ESP32 module with ESP32

Guru Meditation Error: Core  1 panic'ed (StoreProhibited). Exception was unhandled.

Core  1 register dump:
PC      : 0x400dd2f4  PS      : 0x00060830  A0      : 0x800de5a1  A1      : 0x3ffcf0b0
EXCVADDR: 0x00000004  LBEG    : 0x4000c46c  LEND    : 0x4000c477  LCOUNT  : 0x00000000


Backtrace: 0x400dd2f1:0x3ffcf0b0 0x400de59e:0x3ffcf0d0 0x400e1208:0x3ffcf0f0




ELF file SHA256: 4f1c6a0d2

Rebooting...`;

export function crashText(chip: ChipFamily): string {
  return chip === 'esp8266' ? ESP8266 : ESP32;
}
