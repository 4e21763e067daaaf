// The last that went over the wire, in words, for a bug report. Shows no secrets: of what was sent only its size, because
// it may be a file in pieces, compressed, or with a password in it.

import type { Redactor } from '../../operations/log/secrets.js';
import { SecretFilter } from '../../operations/log/secrets.js';

/** An event on a port, from OpenPortOptions.onTraffic. */
export type Direction = 'sent' | 'received';

interface Part {
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  /** Packets of the ROM loader: what they read from the flash may be anything. */
  readonly isPacket: boolean;
}

const KEPT_BYTES = 4096;
const SHOWN_LINES = 40;

const LINE_FEED = 0x0a;
/** Begins and ends a packet of the ROM loader (SLIP). */
const PACKET_END = 0xc0;

/** A run of hex digits may be a file with a password in it, such as wifi.creds. */
const HEX_RUN = /(?:[0-9a-f]|\*{3}){16,}/gi;
/** The same where the rest has not come. */
const BEGUN_HEX_RUN = /(?:[0-9a-f]|\*{3}){4,}$/i;

/** Remembers a bounded tail of the traffic. */
export class Exchange {
  #parts: Part[] = [];
  #keptBytes = 0;
  #sendsPackets = false;
  /** The beginning of the line that is received first is not kept. */
  #isCut = false;

  record(direction: Direction, bytes: Uint8Array): void {
    if (direction === 'sent' && bytes.length > 0) this.#sendsPackets = bytes[0] === PACKET_END;
    if (direction === 'received' && bytes.length > KEPT_BYTES) this.#isCut = true;
    this.#parts.push({ direction, bytes: bytes.slice(-KEPT_BYTES), isPacket: this.#sendsPackets });
    this.#keptBytes += Math.min(bytes.length, KEPT_BYTES);
    while (this.#keptBytes > KEPT_BYTES && this.#parts.length > 1) {
      const dropped = this.#parts.shift();
      if (!dropped) break;
      this.#keptBytes -= dropped.bytes.length;
      if (dropped.direction === 'received') this.#isCut = true;
    }
  }

  /**
   * The last lines, `>` for what was sent and `<` for what was received. A received line is shown where it ends, so that
   * its secrets are masked even if data was sent in between. Bytes that are not text are shown as escapes.
   */
  lines(redactor: Redactor): string[] {
    const lines: string[] = [];
    const filter = new SecretFilter(redactor);
    let received = '';
    let sent = '';
    const endSent = () => {
      if (sent !== '') lines.push(`> ${sent}`);
      sent = '';
    };
    const receive = (bytes: Uint8Array, isEnd: boolean) => {
      const texts = (received + Buffer.from(bytes).toString('latin1')).split('\n');
      received = isEnd ? '' : (texts.pop() ?? '');
      const shown = texts.map((text) => readable(text, redactor, isEnd)).filter((text) => text !== '');
      if (shown.length > 0) endSent();
      lines.push(...shown.map((text) => `< ${text}`));
    };
    for (const { direction, bytes, isPacket } of this.#whole()) {
      if (bytes.length === 0) continue;
      if (direction === 'sent') sent += describeSent(bytes);
      else if (isPacket) receive(Buffer.from(`<${bytes.length} bytes>\n`), false);
      else receive(filter.push(bytes), false);
    }
    receive(filter.end(), true);
    endSent();
    return lines.slice(-SHOWN_LINES);
  }

  /** Drops the rest of a line whose beginning is lost: it may contain a password. */
  #whole(): Part[] {
    const parts = [...this.#parts];
    if (!this.#isCut) return parts;
    for (const [index, part] of parts.entries()) {
      if (part.direction === 'sent' || part.isPacket) continue;
      const end = part.bytes.indexOf(LINE_FEED);
      parts[index] = { ...part, bytes: part.bytes.slice(end < 0 ? part.bytes.length : end + 1) };
      if (end >= 0) break;
    }
    return parts;
  }
}

/** Ctrl-C and its like are shown. */
function describeSent(bytes: Uint8Array): string {
  return bytes.every((byte) => byte < 0x20)
    ? escaped(Buffer.from(bytes).toString('latin1'))
    : `<${bytes.length} bytes>`;
}

function readable(line: string, redactor: Redactor, mayBeCut: boolean): string {
  const masked = redactor.maskLine(line.replace(/\r$/, '')).text;
  const hidden = masked.replace(HEX_RUN, '<hex digits>');
  return escaped(mayBeCut ? hidden.replace(BEGUN_HEX_RUN, '<hex digits>') : hidden);
}

function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal must not get
  return text.replace(/[\0-\x1f\x7f-\xff]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}
