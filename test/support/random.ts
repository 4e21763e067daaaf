// The one source of randomness in tests: the same seed gives the same numbers.

/** @returns a function that gives whole numbers from 0 to `below` - 1 (mulberry32) */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Cuts bytes into random pieces, empty ones included. */
export function inPieces(bytes: Uint8Array, random: (below: number) => number, longest = 7): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + random(longest);
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

export function seededBytes(seed: number, lengthBytes: number): Uint8Array {
  const random = seededRandom(seed);
  const bytes = new Uint8Array(lengthBytes);
  for (let at = 0; at < lengthBytes; at++) bytes[at] = random(256);
  return bytes;
}

/** `count` sizes from 1 to `largest`. */
export function seededSizes(seed: number, count: number, largest: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => 1 + random(largest));
}
