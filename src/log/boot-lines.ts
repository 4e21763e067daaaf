// What ROMs and boot loaders print between a reset and the program. Texts as in boot logs of real boards.

import type { LineMeaning } from './events.js';
import { type LineRule, matching, starting } from './line-rules.js';
import { explainEsp32Boot, explainEsp8266Boot } from './reset-causes.js';

const LOADING: LineMeaning = { event: 'boot.loading' };

const ESP8266_START = /rst cause:(\d+), boot mode:\((\d+),\d+\)/;
const ESP32_START = /^rst:0x([0-9a-f]+) \(\w+\),boot:0x([0-9a-f]+)/;

/** What only says how the loading goes on. */
const LOADING_STARTS = [
  ...['load 0x', 'tail ', 'chksum 0x', 'csum 0x', 'ho 0 tail ', '~ld', 'wdt reset', '2nd boot version'],
  ...['SPI Speed', 'SPI Mode', 'SPI Flash Size', 'jump to run user'],
  ...[
    'ets Jun',
    'ets Jul',
    'ets Jan',
    'ESP-ROM:',
    'Build:',
    'Saved PC:',
    'SPIWP:',
    'configsip: ',
    'clk_drv:',
  ],
  ...['mode:DIO', 'mode:QIO', 'mode:DOUT', 'mode:QOUT', 'load:0x', 'entry 0x', 'waiting for download'],
];

function failing(start: string, explanation: string, advice: string): LineRule {
  return starting(start, { event: 'boot.failed', explanation, advice });
}

const FLASH_IT = 'Put MicroPython on the board: esp-portal flash';

export const BOOT_RULES: readonly LineRule[] = [
  { start: ' ets ', read: readEsp8266Start },
  matching('rst:0x', ESP32_START, ([, cause = '', mode = '']) => {
    const [resetCause, bootMode] = [Number.parseInt(cause, 16), Number.parseInt(mode, 16)];
    const explanation = explainEsp32Boot(resetCause, bootMode);
    return { event: 'boot.rom', chip: 'esp32', resetCause, bootMode, explanation };
  }),
  failing('invalid header: 0x', 'there is no firmware where the ROM looks for it', FLASH_IT),
  failing('ets_main.c', 'the ROM found nothing that it could start', FLASH_IT),
  failing(
    'flash read err,',
    'the flash cannot be read: a wrong flash mode, bad contacts, or GPIO12 high at reset (ESP32)',
    'Take away what is connected to the pins of the flash and to GPIO12, then: esp-portal flash',
  ),
  failing(
    'csum err',
    'the firmware in flash is damaged, or was written with a wrong flash mode',
    'Write it again: esp-portal flash',
  ),
  matching('E (', /^E \(\d+\) (?:boot|esp_image|flash_parts): /, () => ({
    event: 'boot.failed',
    explanation: 'the second boot loader cannot start the firmware',
    advice: 'Write it again: esp-portal flash --erase',
  })),
  ...LOADING_STARTS.map((start) => starting(start, LOADING)),
];

function readEsp8266Start(line: string): LineMeaning | undefined {
  const match = ESP8266_START.exec(line);
  if (!match) return undefined;
  const [resetCause, bootMode] = [Number(match[1]), Number(match[2])];
  const explanation = explainEsp8266Boot(resetCause, bootMode);
  return { event: 'boot.rom', chip: 'esp8266', resetCause, bootMode, explanation };
}

/** The ROM's first line behind a few characters that were damaged by the reset. */
export function readGluedBootLine(line: string): LineMeaning | undefined {
  return line.includes('rst cause:') ? readEsp8266Start(line) : undefined;
}

/** Whether the ESP8266's ROM has said its last word, at its own baud rate. */
export function isEndOfRomText(line: string): boolean {
  return /^(?:csum 0x|csum err|ets_main\.c|~ld)/.test(line);
}
