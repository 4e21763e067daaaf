// What the sender makes of a board's answers; the bytes of a whole exchange are in test/virtual/transfer.test.ts.

import { afterEach, expect, test, vi } from 'vitest';
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

afterEach(() => {
  vi.useRealTimers();
});

/** A receiver that takes all pieces, and has the SDK print before each answer. */
function receiver(noise: string): FakePort {
  let pieces = 0;
  const port = new FakePort((bytes, board) => {
    for (let taken = 0; taken < bytes.length; taken += PIECE_BYTES) {
      pieces += 1;
      board.send(Buffer.concat([Buffer.from(noise), Buffer.of(ACKNOWLEDGED | (pieces & 63))]));
    }
  });
  port.send(Buffer.concat([Buffer.from(noise), Buffer.of(ACKNOWLEDGED)]));
  return port;
}

test.each(['LmacRxBlk:1\n', 'bcn_timout,ap_probe_send_start\n', '!@ABC tick\r\n'])(
  '%j between the answers is no answer',
  async (noise) => {
    const port = receiver(noise);
    const content = Buffer.alloc(100 * PIECE_BYTES);
    const reported: number[] = [];
    const isTaken = await sendBlocks(ByteReader.of(port), content, {
      onBytes: (doneBytes) => reported.push(doneBytes),
    });
    expect([isTaken, reported.at(-1)]).toEqual([true, content.length]);
    expect(reported).toEqual([...new Set(reported)].sort((one, other) => one - other));
  },
);

test('a board that is ready only after 14 s, because it makes folders, is waited for', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const port = receiver('');
  await port.read({ timeoutMs: 0 }); // it is not ready yet
  const sending = sendBlocks(ByteReader.of(port), CONTENT);
  sending.catch(() => {});
  await vi.advanceTimersByTimeAsync(14_000);
  port.send(Buffer.of(ACKNOWLEDGED));
  await vi.advanceTimersByTimeAsync(1000);
  expect(await sending).toBe(true);
});

test('a board that prints every 20 ms and takes nothing is given up', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const port = new FakePort();
  port.send(Buffer.of(ACKNOWLEDGED));
  setInterval(() => port.send('tick\r\n'), 20);
  const sending = sendBlocks(ByteReader.of(port), CONTENT);
  sending.catch(() => {});
  await vi.advanceTimersByTimeAsync(20_000);
  await expect(sending).rejects.toMatchObject({ code: 'transfer-failed' });
});
