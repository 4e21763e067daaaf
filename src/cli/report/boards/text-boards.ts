// Several boards for people. On a terminal each has a line that is redrawn, with what is worth keeping above; elsewhere,
// and for logs, every line has the name of its board in front. A table comes last.

import { styleText } from 'node:util';
import stringWidth from 'fast-string-width';
import type { Host } from '../../host.js';
import { canRedraw, LiveLines, type Piece } from '../../terminal/live-lines.js';
import { inOneLine } from '../../terminal/text.js';
import type { ReporterValues } from '../create-reporter.js';
import { humanReporter } from '../human-reporter.js';
import { ProgressView } from '../progress-view.js';
import type { BoardsDisplay, Failure, Reporter } from '../reporter.js';
import { BoardLine, clockTime, labelColumnsOf, padded } from './board-line.js';
import { prefixedStream } from './prefixed-stream.js';

const LABEL_STYLES = ['cyan', 'magenta', 'yellow', 'blue', 'green', 'white'] as const;

interface TextBoardsOptions {
  readonly labels: readonly string[];
  readonly values: ReporterValues;
  readonly host: Pick<Host, 'stdout' | 'stderr' | 'env'>;
  /** The log is what the command shows, so nothing is drawn below it. */
  readonly showsLog: boolean;
  readonly nameOfMac: (mac: string) => string | undefined;
}

export class TextBoards implements BoardsDisplay {
  readonly #options: TextBoardsOptions;
  readonly #boards: ReadonlyMap<string, BoardLine>;
  readonly #startedMs = new Map<string, number>();
  readonly #beganMs = performance.now();
  /** Columns of the longest label. */
  readonly #labelColumns: number;
  readonly #live: LiveLines | undefined;

  constructor(options: TextBoardsOptions) {
    const { labels, host, values, showsLog, nameOfMac } = options;
    this.#options = options;
    this.#boards = new Map(labels.map((label) => [label, new BoardLine(label, nameOfMac)]));
    this.#labelColumns = Math.max(...labels.map((label) => stringWidth(inOneLine(label))));
    if (showsLog || values.quiet || !canRedraw(host.stderr, host.env)) return;
    this.#live = new LiveLines(host.stderr, (size) => this.#lines(size));
    this.#live.start();
  }

  reporter(label: string): Reporter {
    const board = this.#board(label);
    const text = this.#textReporter(label);
    return {
      ...text,
      progress: (event) => {
        board.show(event);
        text.progress(event);
      },
      ...(this.#live && this.#liveReporter(board, text, this.#live)),
      done: (command, outcome) => {
        text.done(command, outcome);
        this.#end(board, 'done', 'done');
      },
      failed: (command, failure) => {
        if (this.#startedMs.has(label)) text.failed(command, failure);
        this.#end(board, this.#startedMs.has(label) ? 'failed' : 'not started', wordsOf(failure));
      },
    };
  }

  started(label: string): void {
    const now = performance.now();
    this.#startedMs.set(label, now);
    this.#board(label).start(now);
    this.#live?.update();
  }

  finish(): void {
    this.#live?.stop();
    if (this.#options.values.quiet) return;
    const boards = [...this.#boards.values()];
    const hasMac = boards.some(({ mac }) => mac !== undefined);
    const rows = boards.map((board) => [
      inOneLine(board.label),
      ...(hasMac ? [board.identity] : []),
      inOneLine(board.text),
      clockTime(board.seconds),
    ]);
    const table = [['Board', ...(hasMac ? ['MAC'] : []), 'Result', 'Time'], ...rows];
    const widths = (table[0] ?? []).map((_, column) =>
      Math.max(...table.map((row) => stringWidth(row[column] ?? ''))),
    );
    for (const row of table) {
      const line = row.map((cell, column) => padded(cell, widths[column] ?? 0)).join('  ');
      this.#options.host.stdout.write(`${line.trimEnd()}\n`);
    }
    this.#options.host.stdout.write(`${this.#summary(boards)}\n`);
  }

  #summary(boards: readonly BoardLine[]): string {
    const counts = (['done', 'failed', 'not started'] as const)
      .map((state) => [boards.filter((board) => board.state === state).length, state] as const)
      .filter(([count]) => count > 0)
      .map(([count, state]) => `${count} ${state}`);
    const time = clockTime((performance.now() - this.#beganMs) / 1000);
    return `${boards.length} board${boards.length === 1 ? '' : 's'}: ${counts.join(', ')}, in ${time}.`;
  }

  #board(label: string): BoardLine {
    const board = this.#boards.get(label);
    if (board === undefined) throw new Error(`${label} is none of the boards.`);
    return board;
  }

  /** With the name in front of every line. */
  #textReporter(label: string): Reporter {
    const { host, values } = this.#options;
    const { stdout, stderr } = host;
    const around = (write: () => void) => (this.#live ? this.#live.around(write) : write());
    const stream = (real: NodeJS.WriteStream, isTTY: boolean) =>
      prefixedStream(real, {
        isTTY,
        write: (line) => around(() => void real.write(`${this.#prefix(label, real)}${line}\n`)),
      });
    const { quiet, verbose, timestamp } = values;
    return humanReporter({
      stdout: stream(stdout, stdout.isTTY),
      stderr: stream(stderr, false), // its lines are not redrawn
      quiet,
      verbose,
      timestamp,
    });
  }

  #prefix(label: string, stream: NodeJS.WriteStream): string {
    const index = [...this.#boards.keys()].indexOf(label);
    const style = LABEL_STYLES[index % LABEL_STYLES.length] ?? 'cyan';
    return `${styleText(style, padded(inOneLine(label), this.#labelColumns), { stream })} | `;
  }

  /** Steps are in the board's line; what has to be known later is written above. */
  #liveReporter(board: BoardLine, text: Reporter, live: LiveLines): Partial<Reporter> {
    const say = (message: string) => text.notice({ event: 'notice', message });
    const view = new ProgressView({
      start: (step) => board.step(step),
      text: '',
      finish: () => {},
      say,
      isShown: false,
      around: (write) => write(),
    });
    return {
      progress: (event) => {
        view.show(event);
        board.show(event);
        live.update();
      },
      log: () => {}, // unreadable from eight boards at once; an error includes its last lines
    };
  }

  #end(board: BoardLine, state: 'done' | 'failed' | 'not started', words: string): void {
    const startedMs = this.#startedMs.get(board.label);
    const seconds = startedMs === undefined ? 0 : (performance.now() - startedMs) / 1000;
    board.end(state, words, seconds);
    this.#live?.update();
  }

  /** Boards that run come first where there is no room for all. */
  #lines({ columns, rows }: { columns: number; rows: number }): Piece[][] {
    const all = [...this.#boards.values()];
    const labels = all.map(({ label }) => label);
    const labelColumns = labelColumnsOf(labels, columns);
    const now = performance.now();
    const lineOf = (board: BoardLine) => board.pieces(now, { columns, labelColumns });
    if (all.length <= rows) return all.map(lineOf);
    const order = ['running', 'failed', 'waiting', 'done', 'not started'];
    const shown = all.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state)).slice(0, rows - 1);
    const others = all.filter((board) => !shown.includes(board));
    return [
      ...all.filter((board) => shown.includes(board)).map(lineOf),
      [{ text: `  and ${others.length} more`, style: 'dim' }],
    ];
  }
}

function wordsOf({ error }: Failure): string {
  return `failed: ${'code' in error ? error.code : 'bug'}`;
}
