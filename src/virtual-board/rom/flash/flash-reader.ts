// The stub's READ_FLASH: blocks go out ahead of their acknowledgements, and a digest closes.

import { createHash } from 'node:crypto';
import type { NorFlash } from '../../flash/nor-flash.js';
import type { SlipLink } from '../link/slip-link.js';

const LARGEST_BLOCK_BYTES = 0x1000;

interface ReadRequest {
  readonly address: number;
  readonly lengthBytes: number;
  /** Where the flash ends; nothing behind it can be read. */
  readonly limitBytes: number;
  readonly blockBytes: number;
  /** No new block goes out while this many bytes are not acknowledged. */
  readonly inFlightBytes: number;
}

/**
 * Sends a range as raw frames. The host acknowledges with the number of bytes that it has, four bytes
 * a frame; anything else ends the transfer. The MD5 of the data follows in a separate frame.
 */
export async function sendFlash(link: SlipLink, flash: NorFlash, request: ReadRequest): Promise<void> {
  const { address, blockBytes, inFlightBytes } = request;
  const lengthBytes = Math.min(request.lengthBytes, Math.max(0, request.limitBytes - address));
  if (blockBytes > LARGEST_BLOCK_BYTES || blockBytes === 0) return;
  await flash.ready();
  const hash = createHash('md5');
  let sent = 0;
  let acknowledged = 0;
  while (acknowledged < lengthBytes && acknowledged <= sent) {
    while (sent < lengthBytes && sent - acknowledged < inFlightBytes) {
      const block = flash.read(address + sent, Math.min(blockBytes, lengthBytes - sent));
      link.send(block);
      hash.update(block);
      sent += block.length;
    }
    const frame = await link.nextFrame();
    if (frame?.length !== 4) break;
    acknowledged = new DataView(frame.buffer, frame.byteOffset).getUint32(0, true);
  }
  link.send(hash.digest());
}
