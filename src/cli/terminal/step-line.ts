// One line of a terminal that shows the current step, by ora. It never wraps, whatever the terminal's width becomes, so
// that it can be cleared; where nothing can be drawn over, long steps are shown as a line every few seconds. ora is
// loaded for the first step on a terminal: it takes as long as the rest of a command that has none, and 12 MB.

import { styleText } from 'node:util';
import stringWidth from 'fast-string-width';
import type { Ora } from 'ora';

const PLAIN_LINE_EVERY_MS = 5000;
/** Below this a line shows nothing of use; 0 is what a terminal without a size reports. */
const MIN_COLUMNS = 10;
/** The symbol, a space, and the last column, in which some terminals wrap. */
const MARGIN_COLUMNS = 3;

export class StepLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #isSilent: boolean;
  #spinner: Ora | undefined;
  #isLoading = false;
  #text = '';
  #isRunning = false;
  #drawnColumns = 0;
  #plainLines: NodeJS.Timeout | undefined;

  /** @param isSilent shows nothing at all */
  constructor(stream: NodeJS.WriteStream, isSilent: boolean) {
    this.#stream = stream;
    this.#isSilent = isSilent;
  }

  start(text: string): void {
    this.#text = text;
    this.#isRunning = true;
    if (this.#spinner || !this.#stream.isTTY || this.#isSilent) this.#begin();
    else if (!this.#isLoading) void this.#load();
  }

  async #load(): Promise<void> {
    this.#isLoading = true;
    const { default: ora } = await import('ora');
    this.#spinner = ora({
      stream: this.#stream,
      discardStdin: false,
      // Hiding it loads a library that ends the process at a signal, before the board is left in order.
      hideCursor: false,
    });
    if (this.#isRunning) this.#begin();
  }

  #begin(): void {
    if (this.#canDraw) {
      this.#spinner?.start(this.#fitting());
      this.#stream.on('resize', this.#onResize);
    } else {
      this.#startPlainly();
    }
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
    if (this.#spinner?.isSpinning) this.#spinner.text = this.#fitting();
  }

  /** Leaves the whole text on the screen, with a symbol in front. */
  finish(ok: boolean): void {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    clearInterval(this.#plainLines);
    this.#stream.off('resize', this.#onResize);
    // ora's own symbols are coloured also where the stream is a file.
    const symbol = styleText(ok ? 'green' : 'red', ok ? '✔' : '✖', { stream: this.#stream });
    if (this.isShown) this.#spinner?.stop();
    this.say(`${symbol} ${this.#text}`);
  }

  /** A separate line. */
  say(line: string): void {
    if (!this.#isSilent) this.#stream.write(`${line}\n`);
  }

  get isShown(): boolean {
    return this.#spinner?.isSpinning ?? false;
  }

  /** Writes something else without tearing the line. */
  around(write: () => void): void {
    const spinner = this.isShown ? this.#spinner : undefined;
    spinner?.clear();
    write();
    spinner?.render();
  }

  get #canDraw(): boolean {
    return this.#spinner?.isEnabled === true && (this.#stream.columns ?? 0) >= MIN_COLUMNS;
  }

  #startPlainly(): void {
    this.#plainLines = setInterval(() => this.say(`… ${this.#text}`), PLAIN_LINE_EVERY_MS).unref();
  }

  /** The text, cut to one line of the terminal. */
  #fitting(): string {
    const room = (this.#stream.columns ?? 0) - MARGIN_COLUMNS;
    let shown = '';
    let columns = 0;
    for (const character of this.#text) {
      columns += stringWidth(character);
      if (columns > room) break;
      shown += character;
    }
    this.#drawnColumns = stringWidth(shown) + MARGIN_COLUMNS - 1;
    return shown;
  }

  readonly #onResize = (): void => {
    this.#spinner?.stop(); // it takes every write on this stream for one that it has to make room for
    const columns = this.#stream.columns ?? 0;
    if (!this.#canDraw) {
      this.#stream.off('resize', this.#onResize);
      this.#startPlainly();
      return;
    }
    // A terminal that became narrower has wrapped the line; the cursor is in the last of its rows.
    const rowsAbove = Math.ceil(this.#drawnColumns / columns) - 1;
    if (rowsAbove > 0) {
      this.#stream.moveCursor(0, -rowsAbove);
      this.#stream.clearScreenDown();
    }
    this.#spinner?.start(this.#fitting());
  };
}
