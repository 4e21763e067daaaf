// What the ESP8266's ROM prints before anything else runs, at 74880 baud (115200 on a 40 MHz crystal's scale).
// Formats as in boot logs of real boards; text only.

import { xorChecksum } from './checksum.js';
import type { BootMode } from './chip-model.js';
import type { ImageSegment } from './esp8266-image.js';

/** Baud rate of the ROM's own output with the usual 26 MHz crystal. */
export const ROM_BAUD_RATE = 74880;

/** What the reset cause in the ROM's line can be here. */
export const ROM_RESET_CAUSE = { powerOn: 1, external: 2, watchdog: 4 } as const;

const BOOT_MODE_TEXT: Record<BootMode, string> = { download: '(1,6)', flash: '(3,6)' };

/** The line that every reset starts with. */
export function bootLine(romResetCause: number, mode: BootMode): string {
  return `\r\n ets Jan  8 2013,rst cause:${romResetCause}, boot mode:${BOOT_MODE_TEXT[mode]}\r\n\r\n`;
}

/** Output of the ROM while it copies an image's segments to RAM. */
export function loadLines(segments: readonly ImageSegment[]): string {
  let text = '';
  let room = 16;
  let sum: number | undefined;
  for (const [index, { address, data }] of segments.entries()) {
    // The ROM reads lines of 16 bytes: `room` is the rest of the current line, `tail` the part of the last one.
    const tail = (((data.length - room) % 16) + 16) % 16;
    sum = xorChecksum(data, sum);
    text += `load 0x${address.toString(16)}, len ${data.length}, room ${room} \r\n`;
    text += `tail ${tail}\r\nchksum 0x${hexByte(sum)}\r\n`;
    room = 16 - tail - 8;
    if (room < 0 && index + 1 < segments.length) {
      text += `ho 0 tail ${tail} room ${-room}\r\n`;
      room += 16;
    }
  }
  return `${text}csum 0x${hexByte(sum ?? 0)}\r\n`;
}

/** Output of the ROM for a flash that it cannot start. */
export const NOTHING_TO_BOOT = 'ets_main.c \r\n';

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
