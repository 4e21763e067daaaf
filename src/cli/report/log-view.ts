// How events of a board's log are shown to people: colour by meaning, explanations, folded repetitions. Independent of the spinner.

import { styleText } from 'node:util';
import type { LogEntry, LogEventName } from '../../operations/log/log-events.js';
import { inOneLine, printable } from '../terminal/text.js';

/** What stands before each line; `delta` counts from the one before. */
export type Timestamp = 'none' | 'iso' | 'epoch' | 'delta';

type Style = Parameters<typeof styleText>[0];

/** First match wins. */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/^(?:python|crash)|\.(?:failed|error|invalid|lost)$/, 'red'],
  [/\.(?:ready|connected|saved|back)$/, 'green'],
  [/^(?:dns\.(?:query|data)|http\.request|boot\.(?:noise|loading)|sdk)/, 'dim'],
];

/** Repeated names are counted for at most this time before they are shown. */
const SHOW_REPEATED_AFTER_MS = 5000;

interface LogViewOptions {
  timestamp?: Timestamp | undefined;
  /** The output stream, for its colours. */
  stream: NodeJS.WriteStream;
  write: (text: string) => void;
  /** Makes a file of this computer a link of the terminal. */
  link?: ((text: string, file: string) => string) | undefined;
}

/** Shows one entry after the other. */
export class LogView {
  readonly #timestamp: Timestamp;
  readonly #stream: NodeJS.WriteStream;
  readonly #write: (text: string) => void;
  readonly #link: (text: string, file: string) => string;
  #lastMs: number | undefined;
  /** Of a line that has not ended, what is on the screen. */
  #begun: string | undefined;
  /** Names that were asked in a row, with their counts. */
  readonly #queries = new Map<string, number>();
  #queriesSinceMs = 0;

  constructor({ timestamp = 'none', stream, write, link = (text) => text }: LogViewOptions) {
    this.#link = link;
    this.#timestamp = timestamp;
    this.#stream = stream;
    this.#write = write;
  }

  show(entry: LogEntry): void {
    if (entry.event === 'dns.query') {
      if (entry.timeMs - this.#queriesSinceMs > SHOW_REPEATED_AFTER_MS) this.#showRepeated();
      if (this.#queries.size === 0) this.#queriesSinceMs = entry.timeMs;
      const repeated = this.#queries.get(entry.name);
      this.#queries.set(entry.name, repeated === undefined ? 0 : repeated + 1);
      if (repeated !== undefined) return;
    } else this.#showRepeated();
    const text = this.#text(entry);
    // The rest of a line of which the beginning is shown.
    if (this.#begun !== undefined && text.startsWith(this.#begun) && entry.event !== 'boot.noise') {
      this.#write(this.#colour(entry.event, text.slice(this.#begun.length)));
    } else {
      this.#endBegun();
      this.#write(this.#stamp(entry.timeMs) + this.#colour(entry.event, text));
    }
    this.#begun = entry.unfinished ? text : undefined;
    if (!entry.unfinished) this.#write(`\n${this.#placeLine(entry)}${this.#remarks(entry)}`);
  }

  /** Ends the unfinished line before other output. */
  settle(): void {
    this.#showRepeated();
    this.#endBegun();
  }

  #endBegun(): void {
    if (this.#begun !== undefined) this.#write('\n');
    this.#begun = undefined;
  }

  #showRepeated(): void {
    const again = Array.from(this.#queries).filter(([, count]) => count > 0);
    this.#queries.clear();
    if (again.length === 0) return;
    const names = again.map(([name, count]) => `${printable(name)} ×${count}`).join(', ');
    this.#endBegun();
    this.#write(`${this.#style('dim', `  … repeated: ${names}`)}\n`);
  }

  #text(entry: LogEntry): string {
    switch (entry.event) {
      case 'boot.noise':
        return `(${inOneLine(entry.explanation ?? '')})`;
      case 'python.traceback':
        return printable(withLastFrameMarked(entry.raw));
      case 'port.lost':
      case 'port.back':
        return `--- ${printable(entry.raw)} ---`;
      default:
        return printable(entry.raw);
    }
  }

  /** In the form of compilers, which editors and terminals link. */
  #placeLine(entry: LogEntry): string {
    if (entry.event !== 'python.traceback' || entry.place === undefined) return '';
    const { file, line } = entry.place;
    const place = this.#link(inOneLine(`${file}:${line}`), file);
    const message = entry.message === '' ? '' : `: ${inOneLine(entry.message)}`;
    return `${place}: ${inOneLine(entry.type)}${message}\n`;
  }

  #remarks({ event, explanation, advice }: LogEntry): string {
    return [event === 'boot.noise' ? undefined : explanation, advice]
      .filter((remark) => remark !== undefined)
      .map((remark) => `${this.#style('yellow', `  ↳ ${inOneLine(remark)}`)}\n`)
      .join('');
  }

  #stamp(timeMs: number): string {
    const sinceMs = timeMs - (this.#lastMs ?? timeMs);
    this.#lastMs = timeMs;
    switch (this.#timestamp) {
      case 'iso':
        return this.#style('dim', `${new Date(timeMs).toISOString()} `);
      case 'epoch':
        return this.#style('dim', `${(timeMs / 1000).toFixed(3)} `);
      case 'delta':
        return this.#style('dim', `+${(sinceMs / 1000).toFixed(3)} `);
      case 'none':
        return '';
    }
  }

  #colour(event: LogEventName, text: string): string {
    const style = STYLES.find(([pattern]) => pattern.test(event))?.[1];
    return style === undefined || text === '' ? text : this.#style(style, text);
  }

  #style(style: Style, text: string): string {
    return styleText(style, text, { stream: this.#stream });
  }
}

/** The frame where it happened is the last one. */
function withLastFrameMarked(traceback: string): string {
  const at = traceback.lastIndexOf('\n  File ');
  return at < 0 ? traceback : `${traceback.slice(0, at)}\n▸ File ${traceback.slice(at + '\n  File '.length)}`;
}
