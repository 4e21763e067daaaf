// Blocks of compressed data on their way into the flash, through the stub. The loop is ours, for esptool-js's leaves
// the wire idle and sends a block again that may have arrived.

import { promisify } from 'node:util';
import { deflate as deflateWithCallback } from 'node:zlib';
import type { ESPLoader } from 'esptool-js';
import { type PacketChannel, slipEncode } from './slip.js';

/** In a thread of its own: a release takes longer than a spinner may stand still. */
const deflate = promisify(deflateWithCallback);

/** Writing inflates on the chip: 16 KB of compressed blocks can be 1 MB of flash to erase and program. */
const BLOCK_TIMEOUT_MS = 40_000;

/** Data that was compressed beforehand, so that the wire does not wait for it. */
export interface FlashWrite {
  readonly sizeBytes: number;
  readonly compressed: Uint8Array;
}

/** Compresses what is to be written. */
export async function compressForFlash(bytes: Uint8Array): Promise<FlashWrite> {
  return { sizeBytes: bytes.length, compressed: await deflate(bytes, { level: 9 }) };
}

/**
 * Sends what is to be written; the stub erases what it covers.
 *
 * The stub acknowledges a block when it has received it and writes it while the next one comes in. It has two
 * buffers: one more block that began before the acknowledgement would run into the one that is being written. So
 * one block is in flight, the next is framed meanwhile, and the wire waits for an acknowledgement only.
 * @param onBytes told how much of the compressed data has been acknowledged
 * @throws Error as esptool-js does
 */
export async function sendCompressed(
  esp: ESPLoader,
  channel: PacketChannel,
  address: number,
  { sizeBytes, compressed }: FlashWrite,
  onBytes: (doneBytes: number, totalBytes: number) => void,
): Promise<void> {
  const blockBytes = esp.FLASH_WRITE_SIZE;
  const count = Math.ceil(compressed.length / blockBytes);
  const frame = (index: number) =>
    slipEncode(dataPacket(esp, index, compressed.subarray(index * blockBytes, (index + 1) * blockBytes)));
  await esp.flashDeflBegin(sizeBytes, compressed.length, address);
  let next = frame(0);
  for (let index = 0; index < count; index++) {
    const sent = channel.writeFrame(next);
    if (index + 1 < count) next = frame(index + 1);
    await sent;
    const [, status] = await esp.readPacket(esp.ESP_FLASH_DEFL_DATA, BLOCK_TIMEOUT_MS);
    if (status[0] !== 0) throw new Error(`the loader refused block ${index} with status ${status[0]}`);
    onBytes(Math.min((index + 1) * blockBytes, compressed.length), compressed.length);
  }
  // A failed write is reported on the next command: this one asks the stub to stay.
  await esp.flashDeflFinish(false, BLOCK_TIMEOUT_MS);
}

/** A block of compressed data with its header and checksum. */
function dataPacket(esp: ESPLoader, sequence: number, block: Uint8Array): Uint8Array {
  const packet = Buffer.alloc(8 + 16 + block.length);
  packet[1] = esp.ESP_FLASH_DEFL_DATA;
  packet.writeUInt16LE(16 + block.length, 2);
  packet.writeUInt32LE(esp.checksum(block), 4);
  packet.writeUInt32LE(block.length, 8);
  packet.writeUInt32LE(sequence, 12);
  packet.set(block, 24);
  return packet;
}
