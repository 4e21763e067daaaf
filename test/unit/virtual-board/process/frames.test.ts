import { expect, test } from 'vitest';
import { encodeFrame, FrameReader } from '../../../../src/virtual-board/process/frames.js';

const SENT = [
  { message: { kind: 'write', id: 1 }, bytes: [0, 255, 10] },
  { message: { kind: 'drain', id: 2, text: 'ä' }, bytes: [] },
  { message: { kind: 'received' }, bytes: Array.from({ length: 1000 }, (_, i) => i & 255) },
];
const stream = Buffer.concat(SENT.map(({ message, bytes }) => encodeFrame(message, Uint8Array.from(bytes))));

test.each([1, 7, 8, 9, 100, stream.length])(
  'frames arrive whole and in order, %i bytes at a time',
  (size) => {
    const reader = new FrameReader();
    const frames = [];
    for (let at = 0; at < stream.length; at += size)
      frames.push(...reader.push(stream.subarray(at, at + size)));
    expect(frames.map(({ message, bytes }) => ({ message, bytes: [...bytes] }))).toEqual(SENT);
  },
);

test('a length that no message has is refused before its bytes come', () => {
  expect(() => new FrameReader().push(Buffer.alloc(8, 0xff))).toThrow('too long');
});
