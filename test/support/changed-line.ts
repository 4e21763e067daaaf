// A line to a served board that changes what it carries.

import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { CANCEL, SYNC } from '../../src/micropython/receiver.js';

/** A line to a served board that does something to what goes each way. */
export async function line(url: string, change: { up?: Change; down?: Change }): Promise<string> {
  const { hostname, port } = new URL(url);
  const server = createServer((client) => {
    const there = connect(Number(port), hostname);
    carry(client, there, change.up);
    carry(there, client, change.down);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  server.unref();
  return `rfc2217://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Change = (bytes: Buffer) => Buffer;

function carry(from: Socket, to: Socket, change: Change = (bytes) => bytes): void {
  from.on('data', (bytes) => to.write(change(bytes)));
  from.on('close', () => to.destroy());
  from.on('error', () => {});
}

/** Between these code goes to the board in raw-paste mode, with neither of them in it. */
const PASTE_BEGINS = '\x05A\x01';
const PASTE_ENDS = 0x04;

/** Whether each byte to the board is of code, in whatever pieces they come. */
function pasteWatch(): { isCode: (byte: number) => boolean; programs: () => number } {
  let recent = '';
  let isIn = false;
  let programs = 0;
  return {
    isCode(byte) {
      const wasIn = isIn;
      recent = (recent + String.fromCharCode(byte)).slice(-PASTE_BEGINS.length);
      if (recent === PASTE_BEGINS) isIn = true;
      if (!wasIn || byte !== PASTE_ENDS) return wasIn;
      isIn = false;
      programs += 1;
      return true;
    },
    programs: () => programs,
  };
}

/** Takes the first program on a board, and lets through nothing that it prints. */
export function withoutOutput(): { up: Change; down: Change } {
  const paste = pasteWatch();
  let ends = 0;
  return {
    up: (bytes) => {
      for (const byte of bytes) paste.isCode(byte);
      return bytes;
    },
    down: (bytes) =>
      paste.programs() > 0
        ? Buffer.from(bytes.filter((byte) => byte === 0x01 || (byte === 0x04 && ends++ === 0)))
        : bytes,
  };
}

/** Lets nothing more through from the board once it is asked to read its flash. */
export function silentWhenRead(): { up: Change; down: Change } {
  let sent = '';
  return {
    up: (bytes) => {
      sent += bytes.toString('latin1');
      return bytes;
    },
    down: (bytes) => (sent.includes(READ_FLASH) ? bytes.subarray(0, 0) : bytes),
  };
}

/** After the banner, names have another letter: `ESP8266_QENERIC`. */
export function asAnotherBuild(): Change {
  let received = '';
  return (bytes) => {
    received += bytes.toString('latin1');
    if (!received.includes('MicroPython v')) return bytes;
    return Buffer.from(bytes.map((byte) => (byte === 0x47 ? 0x51 : byte)));
  };
}

/** How the stub's command begins: a frame, a request, its number. */
const READ_FLASH = '\xc0\x00\xd2';

/** What begins and ends a block's repetition. */
const SPARED: ReadonlySet<number> = new Set([...SYNC, ...CANCEL]);

/** No block arrives as it was sent: once the line is set up, only they and code have such bytes. */
export function spoilsBlocks(): Change {
  const paste = pasteWatch();
  const isSpoilt = (byte: number) => byte >= 0x80 && byte < 0xf0 && !SPARED.has(byte);
  return (bytes) =>
    Buffer.from(
      bytes.map((byte) => (!paste.isCode(byte) && paste.programs() > 0 && isSpoilt(byte) ? 0x81 : byte)),
    );
}
