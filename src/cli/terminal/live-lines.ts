// Lines at the bottom of a terminal that are redrawn in place, above which other text can be written. Knows nothing of
// what they show. Each frame is one write over the frame before, so that no half of one is seen.

import { styleText } from 'node:util';
import stringWidth from 'fast-string-width';

type Style = Parameters<typeof styleText>[0];

/** A part of a line; its text has no control characters. */
export interface Piece {
  readonly text: string;
  readonly style?: Style | undefined;
}

type Line = readonly Piece[];

const FRAME_MS = 100;
/** Also without news: the lines may show time. */
const IDLE_FRAME_MS = 1000;
/** Below this a line shows nothing of use; 0 is what a terminal without a size reports. */
const MIN_COLUMNS = 20;

/** Whether lines can be drawn over on this stream. */
export function canRedraw(stream: NodeJS.WriteStream, env: Readonly<NodeJS.ProcessEnv>): boolean {
  return stream.isTTY && (stream.columns ?? 0) >= MIN_COLUMNS && env.TERM !== 'dumb' && !env.CI;
}

export class LiveLines {
  readonly #stream: NodeJS.WriteStream;
  readonly #render: (size: { columns: number; rows: number }) => readonly Line[];
  #timer: NodeJS.Timeout | undefined;
  /** Columns of each line that is on the screen above the cursor. */
  #drawn: readonly number[] = [];
  #frame = '';
  #isDirty = false;
  #drawnAtMs = 0;

  /** @param render gives at most as many lines as there are rows; they are cut to the columns here */
  constructor(
    stream: NodeJS.WriteStream,
    render: (size: { columns: number; rows: number }) => readonly Line[],
  ) {
    this.#stream = stream;
    this.#render = render;
  }

  start(): void {
    this.#stream.on('resize', this.#onResize);
    this.#timer = setInterval(() => {
      if (this.#isDirty || performance.now() - this.#drawnAtMs >= IDLE_FRAME_MS) this.#draw();
    }, FRAME_MS).unref();
    this.#draw();
  }

  /** There is something new to show. */
  update(): void {
    this.#isDirty = true;
  }

  /** Writes something else, whole lines, above the lines. */
  around(write: () => void): void {
    if (this.#drawn.length > 0) this.#stream.write(this.#erasure());
    this.#drawn = [];
    this.#frame = '';
    write();
    if (this.#timer) this.#draw();
  }

  /** Takes the lines off the screen. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stream.off('resize', this.#onResize);
    this.around(() => {});
  }

  #draw(): void {
    this.#isDirty = false;
    this.#drawnAtMs = performance.now();
    const columns = this.#stream.columns ?? 0;
    if (columns < MIN_COLUMNS) return;
    // One row for the cursor.
    const size = { columns, rows: Math.max(1, (this.#stream.rows ?? 24) - 1) };
    // Some terminals wrap in the last column.
    const lines = this.#render(size)
      .slice(0, size.rows)
      .map((line) => fitting(line, columns - 1));
    const frame = lines.map((line) => `${this.#coloured(line)}\x1b[K\n`).join('');
    if (frame === this.#frame) return;
    const up = this.#drawn.length > 0 ? `\x1b[${this.#drawn.length}A` : '';
    this.#stream.write(`\r${up}${frame}\x1b[J`);
    this.#frame = frame;
    this.#drawn = lines.map((line) => line.reduce((sum, { text }) => sum + stringWidth(text), 0));
  }

  #coloured(line: Line): string {
    return line
      .map(({ text, style }) =>
        style === undefined ? text : styleText(style, text, { stream: this.#stream }),
      )
      .join('');
  }

  #erasure(): string {
    const columns = Math.max(1, this.#stream.columns ?? 0);
    // A terminal that became narrower has wrapped what is on it.
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    return `\r\x1b[${rows}A\x1b[J`;
  }

  readonly #onResize = (): void => this.around(() => {});
}

/** Cut to so many columns. */
function fitting(line: Line, columns: number): Line {
  let left = columns;
  return line.flatMap(({ text, style }) => {
    const shown = cut(text, left);
    left -= stringWidth(shown);
    return shown === '' ? [] : [{ text: shown, style }];
  });
}

/** The beginning of a text that takes at most so many columns. */
export function cut(text: string, columns: number): string {
  let shown = '';
  let width = 0;
  for (const character of text) {
    width += stringWidth(character);
    if (width > columns) break;
    shown += character;
  }
  return shown;
}
