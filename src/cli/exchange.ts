// The last that went over the wire, in words, for a bug report. Keeps no secrets.

/** What happened on a port, as OpenPortOptions.onTraffic tells it. */
export type Direction = 'sent' | 'received';

const KEPT_BYTES = 4096;
const SHOWN_LINES = 40;

/** A run of hex digits may be a file with a password in it, such as wifi.creds. */
const HEX_RUN = /[0-9a-f]{16,}/gi;

/** Remembers a bounded tail of the traffic. */
export class Exchange {
  #parts: { direction: Direction; bytes: Uint8Array }[] = [];
  #keptBytes = 0;

  record(direction: Direction, bytes: Uint8Array): void {
    this.#parts.push({ direction, bytes: bytes.slice(-KEPT_BYTES) });
    this.#keptBytes += Math.min(bytes.length, KEPT_BYTES);
    while (this.#keptBytes > KEPT_BYTES && this.#parts.length > 1) {
      this.#keptBytes -= this.#parts.shift()?.bytes.length ?? 0;
    }
  }

  /**
   * The last lines, `>` for what was sent and `<` for what was received; bytes that are no text are shown as escapes.
   * @param redact masks the secrets of a line of the board's log
   */
  lines(redact: (line: string) => string): string[] {
    const lines: string[] = [];
    for (const { direction, bytes } of joined(this.#parts)) {
      const mark = direction === 'sent' ? '>' : '<';
      for (const line of Buffer.from(bytes).toString('latin1').split('\n')) {
        const text = redact(line.replace(/\r$/, '')).replace(HEX_RUN, (run) => `<${run.length} hex digits>`);
        if (text !== '') lines.push(`${mark} ${escaped(text)}`);
      }
    }
    return lines.slice(-SHOWN_LINES);
  }
}

/** Pieces in the same direction are one text: a line may come in several. */
function joined(parts: readonly { direction: Direction; bytes: Uint8Array }[]) {
  const whole: { direction: Direction; bytes: Uint8Array }[] = [];
  for (const part of parts) {
    const last = whole.at(-1);
    if (last?.direction === part.direction) last.bytes = Buffer.concat([last.bytes, part.bytes]);
    else whole.push({ ...part });
  }
  return whole;
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal must not get
  return text.replace(/[\0-\x1f\x7f-\xff]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
