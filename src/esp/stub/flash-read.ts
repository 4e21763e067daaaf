// Reads flash through the stub. Own loop, because that of esptool-js lets one block at a time be on its way, and leaves
// the digest that closes a transfer unread.

import { createHash } from 'node:crypto';
import type { ESPLoader } from '../packet-transport.js';
import type { PacketChannel } from '../slip.js';

/** The stub's largest block. */
const BLOCK_BYTES = 0x1000;
/**
 * Sent ahead of their acknowledgements: 170 ms of the line at 921600 baud. The acknowledgements that wait in the chip
 * meanwhile fit into its UART's FIFO of 128 bytes.
 */
const IN_FLIGHT_BYTES = 4 * BLOCK_BYTES;
const BLOCK_TIMEOUT_MS = 5000;
/** For what is on its way after a transfer went wrong. */
const SETTLE_MS = 300;
const ATTEMPTS = 3;

/**
 * Reads a range; one that arrives damaged is read again.
 * @param onBytes called with the part that is here
 * @throws Error as esptool-js does; what the channel throws
 */
export async function readFlash(
  esp: ESPLoader,
  channel: PacketChannel,
  range: { readonly address: number; readonly sizeBytes: number },
  onBytes: (doneBytes: number) => void,
): Promise<Uint8Array> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await readOnce(esp, channel, range, onBytes);
    } catch (error) {
      if (!(error instanceof DamagedError) || attempt === ATTEMPTS) throw error;
      await channel.write(Uint8Array.of(0)); // anything but an acknowledgement ends the transfer
      await channel.settle(SETTLE_MS);
    }
  }
}

/** What came is not what was sent. */
class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

async function readOnce(
  esp: ESPLoader,
  channel: PacketChannel,
  { address, sizeBytes }: { readonly address: number; readonly sizeBytes: number },
  onBytes: (doneBytes: number) => void,
): Promise<Uint8Array> {
  const request = new Uint8Array(Uint32Array.of(address, sizeBytes, BLOCK_BYTES, IN_FLIGHT_BYTES).buffer);
  await esp.checkCommand('read flash', esp.ESP_READ_FLASH, request);
  const content = Buffer.alloc(sizeBytes);
  for (let done = 0; done < sizeBytes; onBytes(done)) {
    const block = await channel.read(BLOCK_TIMEOUT_MS);
    if (block.length !== Math.min(BLOCK_BYTES, sizeBytes - done))
      throw new DamagedError('a block arrived damaged');
    content.set(block, done);
    done += block.length;
    await channel.write(new Uint8Array(Uint32Array.of(done).buffer));
  }
  const digest = Buffer.from(await channel.read(BLOCK_TIMEOUT_MS));
  if (digest.equals(createHash('md5').update(content).digest())) return content;
  throw new DamagedError('what was read differs from the flash');
}
