import { describe, expect, it } from 'vitest';
import { encodeSlip, SlipDecoder } from '../../../../../src/virtual-board/rom/link/slip.js';
import { seededBytes, seededSizes } from '../../../../support/random.js';

describe('SLIP', () => {
  it('escapes END and ESC as RFC 1055 says', () => {
    expect([...encodeSlip(Uint8Array.of(1, 0xc0, 2, 0xdb, 3))]).toEqual([
      0xc0, 1, 0xdb, 0xdc, 2, 0xdb, 0xdd, 3, 0xc0,
    ]);
  });

  it.each([1, 2, 3, 4, 5])('gives back frames fed in random pieces (seed %i)', (seed) => {
    const payloads = seededSizes(seed, 20, 300).map((size, index) => seededBytes(seed * 100 + index, size));
    const wire = Buffer.concat(payloads.map(encodeSlip));
    const decoder = new SlipDecoder();
    const frames: Uint8Array[] = [];
    let offset = 0;
    for (const size of seededSizes(seed + 50, wire.length, 40)) {
      frames.push(...decoder.push(wire.subarray(offset, offset + size)));
      offset += size;
    }
    expect(frames.map((frame) => [...frame])).toEqual(payloads.map((payload) => [...payload]));
  });

  it('drops noise before a frame, frames with an unknown escape, and frames that are too long', () => {
    const decoder = new SlipDecoder(4);
    const wire = [0x55, 0x0a, 0xc0, 1, 0xdb, 9, 2, 0xc0, 0xc0, 1, 2, 3, 4, 5, 0xc0, 0xc0, 7, 0xc0];
    // What follows a dropped frame up to its END is dropped too; its END opens the next frame.
    expect(decoder.push(Uint8Array.from(wire)).map((frame) => [...frame])).toEqual([[7]]);
  });
});
