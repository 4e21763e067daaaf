// SLIP framing as Espressif's loaders use it (RFC 1055, each frame opened and closed by END). Pure bytes.

const END = 0xc0;
const ESC = 0xdb;
const ESC_END = 0xdc;
const ESC_ESC = 0xdd;

/** One frame around `payload`, with END at both sides. */
export function encodeSlip(payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(payload.length * 2 + 2);
  let length = 0;
  out[length++] = END;
  for (const byte of payload) {
    if (byte === END || byte === ESC) {
      out[length++] = ESC;
      out[length++] = byte === END ? ESC_END : ESC_ESC;
    } else {
      out[length++] = byte;
    }
  }
  out[length++] = END;
  return out.slice(0, length);
}

/**
 * Takes a stream of bytes apart into frames. Bytes before the first END are noise and dropped, as is a
 * frame with an escape that does not exist or one longer than `maxFrameBytes`.
 */
export class SlipDecoder {
  #frame: number[] = [];
  #state: 'outside' | 'inside' | 'escaped' = 'outside';
  readonly #maxFrameBytes: number;

  /** @param maxFrameBytes what fits into the receiver's buffer */
  constructor(maxFrameBytes = 0x8000) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** @returns the frames that these bytes completed; an empty frame (END END) is none */
  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (const byte of bytes) {
      if (byte === END) {
        if (this.#state === 'inside' && this.#frame.length > 0) {
          frames.push(Uint8Array.from(this.#frame));
          this.#state = 'outside';
        } else {
          this.#state = 'inside';
        }
        this.#frame = [];
      } else {
        this.#pushInside(byte);
      }
    }
    return frames;
  }

  #pushInside(byte: number): void {
    if (this.#state === 'outside') return;
    if (this.#state === 'inside' && byte === ESC) {
      this.#state = 'escaped';
      return;
    }
    let value = byte;
    if (this.#state === 'escaped') {
      if (byte !== ESC_END && byte !== ESC_ESC) {
        this.#drop();
        return;
      }
      value = byte === ESC_END ? END : ESC;
    }
    this.#state = 'inside';
    if (this.#frame.length >= this.#maxFrameBytes) this.#drop();
    else this.#frame.push(value);
  }

  #drop(): void {
    this.#frame = [];
    this.#state = 'outside';
  }
}
