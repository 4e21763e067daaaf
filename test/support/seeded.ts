// Random bytes and sizes that are the same in every run.

function* xorshift(seed: number): Generator<number, never> {
  let state = (seed * 0x9e3779b1) | 1;
  for (;;) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

export function seededBytes(seed: number, lengthBytes: number): Uint8Array {
  const numbers = xorshift(seed);
  return Uint8Array.from({ length: lengthBytes }, () => numbers.next().value >>> 8);
}

/** `count` sizes from 1 to `largest`. */
export function seededSizes(seed: number, count: number, largest: number): number[] {
  const numbers = xorshift(seed);
  return Array.from({ length: count }, () => 1 + ((numbers.next().value >>> 8) % largest));
}
