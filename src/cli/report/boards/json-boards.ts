// NDJSON of several boards: the events of each with its name in `board`.

import { safeJson } from '../../terminal/text.js';
import { resultFields } from '../json-reporter.js';
import type { BoardsDisplay, Failure, Outcome, Reporter } from '../reporter.js';

export class JsonBoards implements BoardsDisplay {
  readonly #print: (object: object) => void;
  readonly #startedMs = new Map<string, number>();

  /** @param write takes one line without its end */
  constructor(write: (line: string) => void) {
    this.#print = (object) => write(safeJson(object));
  }

  reporter(board: string): Reporter {
    const print = <E extends { event: string }>({ event, ...fields }: E) =>
      this.#print({ event, board, ...fields });
    return {
      progress: print,
      notice: print,
      log: ({ event, timeMs, raw, board: _port, ...fields }) =>
        print({ event, time: new Date(timeMs).toISOString(), ...fields, raw }),
      milestone: () => {}, // already in the events
      done: (_command, outcome) => this.#end(board, { outcome }),
      failed: (_command, failure) => this.#end(board, { failure }),
    };
  }

  started(board: string): void {
    this.#startedMs.set(board, performance.now());
    this.#print({ event: 'board-start', board });
  }

  #end(board: string, end: { outcome: Outcome } | { failure: Failure }): void {
    const now = performance.now();
    const seconds = Math.round(now - (this.#startedMs.get(board) ?? now)) / 1000;
    this.#print({ event: 'board-end', board, seconds, ...resultFields(end) });
  }

  finish(): void {} // the result has it
}
