// Replaces machine code in generated images.

/** The same incompressible bytes every time (xorshift32). */
export function noise(lengthBytes: number, seed: number): Uint8Array {
  let state = seed * 0x9e3779b1;
  return new Uint8Array(lengthBytes).map(() => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0xff;
  });
}
