// The last that went over the wire, in words, for a bug report. Shows no secrets.

import { SecretFilter } from '../../log/secret-filter.js';

/** What happened on a port, as OpenPortOptions.onTraffic tells it. */
export type Direction = 'sent' | 'received';

interface Part {
  readonly direction: Direction;
  readonly bytes: Uint8Array;
}

const KEPT_BYTES = 4096;
const SHOWN_LINES = 40;

const LINE_FEED = 0x0a;

/** A run of hex digits may be a file with a password in it, such as wifi.creds. */
const HEX_RUN = /[0-9a-f]{16,}/gi;

/** Remembers a bounded tail of the traffic. */
export class Exchange {
  #parts: Part[] = [];
  #keptBytes = 0;
  /** The directions of which the beginning is not kept. */
  readonly #cut = new Set<Direction>();

  record(direction: Direction, bytes: Uint8Array): void {
    if (bytes.length > KEPT_BYTES) this.#cut.add(direction);
    this.#parts.push({ direction, bytes: bytes.slice(-KEPT_BYTES) });
    this.#keptBytes += Math.min(bytes.length, KEPT_BYTES);
    while (this.#keptBytes > KEPT_BYTES && this.#parts.length > 1) {
      const dropped = this.#parts.shift();
      if (!dropped) break;
      this.#keptBytes -= dropped.bytes.length;
      this.#cut.add(dropped.direction);
    }
  }

  /**
   * The last lines, `>` for what was sent and `<` for what was received; bytes that are no text are shown as escapes.
   * Passwords that the board prints are masked, also where we wrote in the midst of its line.
   * @param redact masks the other secrets of a line
   */
  lines(redact: (line: string) => string): string[] {
    const lines: string[] = [];
    for (const { direction, bytes } of joined(masked(this.#whole()))) {
      const mark = direction === 'sent' ? '>' : '<';
      for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
        const text = redact(line.replace(/\r$/, '')).replace(HEX_RUN, (run) => `<${run.length} hex digits>`);
        if (text !== '') lines.push(`${mark} ${escaped(text)}`);
      }
    }
    return lines.slice(-SHOWN_LINES);
  }

  /** Without the rest of lines whose beginning is not kept: it may have told that a password follows. */
  #whole(): Part[] {
    const parts = [...this.#parts];
    for (const direction of this.#cut) {
      for (const [index, part] of parts.entries()) {
        if (part.direction !== direction) continue;
        const end = part.bytes.indexOf(LINE_FEED);
        parts[index] = { direction, bytes: part.bytes.slice(end < 0 ? part.bytes.length : end + 1) };
        if (end >= 0) break;
      }
    }
    return parts;
  }
}

/** A password that the board prints may come in pieces, with Ctrl-C of ours between them. */
function masked(parts: readonly Part[]): Part[] {
  const filter = new SecretFilter();
  return [
    ...parts.map(({ direction, bytes }) => ({
      direction,
      bytes: direction === 'received' ? filter.push(bytes) : bytes,
    })),
    { direction: 'received', bytes: filter.end() },
  ];
}

/** Pieces in the same direction are one text: a line may come in several. */
function joined(parts: readonly Part[]): Part[] {
  const whole: Part[] = [];
  for (const part of parts) {
    if (part.bytes.length === 0) continue;
    const last = whole.at(-1);
    if (last?.direction !== part.direction) whole.push(part);
    else whole[whole.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, part.bytes]) };
  }
  return whole;
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal must not get
  return text.replace(/[\0-\x1f\x7f-\xff]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
