// Firmware images built as MicroPython's own build does (ports/esp8266/makeimg.py), for tests of what checks them.

import { createHash } from 'node:crypto';

/** An ESP8266 image with one segment and `codeBytes` of code in flash. */
export function esp8266Image(codeBytes = 5000, version = '1.27.0'): Buffer {
  const below = Buffer.alloc(0x9000, 0xff);
  below.set([0xe9, 1, 0, 0x40, 0x04, 0xf0, 0x10, 0x40]); // magic, 1 segment, qio, 4 MB 40 MHz, entry point
  below.writeUInt32LE(0x40100000, 8); // load address
  below.writeUInt32LE(0x100, 12); // length
  const code = Buffer.alloc(codeBytes, 0x5a);
  code.write(`MicroPython v${version} on 2025-12-09`, 100, 'latin1');
  below.writeUInt32LE(0x9000 + codeBytes, 0x8ffc);
  const body = Buffer.concat([below, code]);
  return Buffer.concat([body, createHash('md5').update(body.subarray(4)).digest()]);
}

/** An ESP32 image: bootloader, partition table, application with its SHA-256. */
export function esp32Image(): Buffer {
  const front = Buffer.alloc(0xf000, 0xff);
  front.set([0xe9, 1, 2, 0x20]);
  front.set([0xaa, 0x50], 0x7000);
  const app = Buffer.alloc(24 + 8 + 200);
  app.set([0xe9, 1, 2, 0x20]);
  app[23] = 1; // a SHA-256 follows
  app.writeUInt32LE(200, 28);
  app.write('v1.24.0 on 2024-10-25', 40, 'latin1');
  const padded = Buffer.concat([app, Buffer.alloc(16 - (app.length % 16))]);
  return Buffer.concat([front, padded, createHash('sha256').update(padded).digest()]);
}
