// Messages over a pipe: JSON followed by bytes. Independent of their meaning.

/** Longer than anything that either side sends; what claims to be longer is no frame. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Two lengths, of the JSON text and of the bytes. */
const HEADER_BYTES = 8;

export interface PipeFrame {
  readonly message: unknown;
  readonly bytes: Uint8Array;
}

export function encodeFrame(message: object, bytes: Uint8Array = new Uint8Array(0)): Buffer {
  const json = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length, 0);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, json, bytes]);
}

/** Parses a stream, in pieces of any size. */
export class FrameReader {
  #pieces: Uint8Array[] = [];
  #lengthBytes = 0;
  #neededBytes = HEADER_BYTES;

  /** @throws Error when the other side sends no frames */
  push(piece: Uint8Array): PipeFrame[] {
    this.#pieces.push(piece);
    this.#lengthBytes += piece.length;
    const frames: PipeFrame[] = [];
    while (this.#lengthBytes >= this.#neededBytes) {
      const all = Buffer.concat(this.#pieces);
      const jsonEnd = HEADER_BYTES + all.readUInt32LE(0);
      const end = jsonEnd + all.readUInt32LE(4);
      if (end > MAX_FRAME_BYTES) throw new Error('a frame of the virtual board is too long');
      this.#pieces = [all];
      this.#neededBytes = end;
      if (all.length < end) continue;
      frames.push({
        message: JSON.parse(all.toString('utf8', HEADER_BYTES, jsonEnd)),
        bytes: all.subarray(jsonEnd, end),
      });
      const rest = all.subarray(end);
      this.#pieces = [rest];
      this.#lengthBytes = rest.length;
      this.#neededBytes = HEADER_BYTES;
    }
    return frames;
  }
}
