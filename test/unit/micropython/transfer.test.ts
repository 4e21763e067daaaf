// What the sender makes of a board's answers; the bytes of a whole exchange are in test/virtual/transfer.test.ts.

import { expect, test } from 'vitest';
import { ACKNOWLEDGED, PIECE_BYTES } from '../../../src/micropython/receiver.js';
import { sendBlocks } from '../../../src/micropython/transfer.js';
import { ByteReader } from '../../../src/port/byte-reader.js';
import { FakePort } from '../../support/fake-port.js';

const CONTENT = Buffer.alloc(4 * PIECE_BYTES - 3); // one block

test('what the board prints behind its last acknowledgement is no answer, though both come at once', async () => {
  const digest = 'fade0123\r\n'; // letters are also requests to send again
  let pieces = 0;
  const port = new FakePort((bytes, board) => {
    pieces += bytes.length / PIECE_BYTES;
    if (pieces === 4) board.send(Buffer.concat([Buffer.of(ACKNOWLEDGED | 4), Buffer.from(digest)]));
  });
  const reader = ByteReader.of(port);
  port.send(Buffer.of(ACKNOWLEDGED)); // ready
  expect(await sendBlocks(reader, CONTENT)).toBe(true);
  expect(Buffer.from((await reader.read({ timeoutMs: 0 })) ?? []).toString()).toBe(digest);
  expect(port.written).toHaveLength(4 * PIECE_BYTES);
});
