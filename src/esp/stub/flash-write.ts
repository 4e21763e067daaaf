// Powers the flash and sends blocks of compressed data to it through the stub. Own loop, because esptool-js's leaves
// the wire idle and sends a block again that may have arrived.

import type { Compression } from '../compression.js';
import type { ESPLoader, ROM } from '../packet-transport.js';
import { type PacketChannel, slipEncode } from '../slip.js';

/** Of esptool-js's target for the ESP32-P4; the type of all targets does not declare it. */
interface FlashPower {
  powerOnFlash?(esp: ESPLoader): Promise<void>;
}

/** An ESP32-P4 v3.1 or v3.2 leaves its flash without power until a loader switches it on: before the stub attaches it. */
export async function powerOnFlash(esp: ESPLoader): Promise<void> {
  const chip: ROM & FlashPower = esp.chip;
  await chip.powerOnFlash?.(esp);
}

/** Writing inflates on the chip: 16 KB of compressed blocks can be 1 MB of flash to erase and program. */
const BLOCK_TIMEOUT_MS = 40_000;

/**
 * Sends the data to write; the stub erases the area that it covers.
 *
 * The stub acknowledges a block when it has received it and writes it while the next one comes in. It has two
 * buffers: one more block that began before the acknowledgement would run into the one that is being written. So
 * one block is in flight, the next is framed meanwhile, and the wire waits for an acknowledgement only.
 *
 * The number of blocks is sent before all are known. More are announced than will be sent: the number gives the stub its
 * inflater only whether input may follow, and it goes by the size of the data (esp-flasher-stub, command_handler.c).
 * @param onBytes called with the acknowledged part of the compressed data, once its size is known
 * @throws Error as esptool-js does
 */
export async function sendCompressed(
  esp: ESPLoader,
  channel: PacketChannel,
  address: number,
  data: Compression,
  onBytes: (doneBytes: number, totalBytes: number) => void,
): Promise<void> {
  const frame = async (index: number) => {
    const block = await data.block(index);
    return block && { bytes: slipEncode(dataPacket(esp, index, block)), sizeBytes: block.length };
  };
  let next = await frame(0);
  await esp.flashDeflBegin(data.sizeBytes, data.maxTotalBytes, address);
  let doneBytes = 0;
  for (let index = 0; next; index++) {
    const sent = channel.writeFrame(next.bytes);
    const following = frame(index + 1);
    following.catch(() => {}); // what ends the write first is thrown
    await sent;
    const [, status] = await esp.readPacket(esp.ESP_FLASH_DEFL_DATA, BLOCK_TIMEOUT_MS);
    if (status[0] !== 0) throw new Error(`the loader refused block ${index} with status ${status[0]}`);
    doneBytes += next.sizeBytes;
    if (data.totalBytes !== undefined) onBytes(doneBytes, data.totalBytes);
    next = await following;
  }
  // A failed write is reported on the next command; this one keeps the stub running.
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
