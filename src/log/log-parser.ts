// Lines → events, one after the other: joins the lines of a traceback into one event.

import type { LogEntry } from './events.js';
import { parseLine } from './parse-line.js';
import { redact } from './redact.js';

const TRACEBACK_START = 'Traceback (most recent call last):';
const FRAME = /^ {2}File "(?<file>.*)", line (?<line>\d+)/;
const EXCEPTION = /^(?<type>[A-Za-z_][\w.]*)(?:: ?(?<message>.*))?$/;

/** A board without memory can print frames for ever: a longer traceback is cut into lines again. */
const MAX_TRACEBACK_LINES = 100;

/** Feed it lines in order; it keeps the beginning of a traceback until its last line has come. */
export class LogParser {
  #traceback: string[] = [];

  /** @param line one line as the board printed it, without its line end */
  push(line: string): LogEntry[] {
    const text = redact(line);
    if (text === TRACEBACK_START) {
      const unfinished = this.end();
      this.#traceback = [text];
      return unfinished;
    }
    if (this.#traceback.length === 0) return [{ ...parseLine(text), raw: text }];
    if (text.startsWith('  ') && this.#traceback.length < MAX_TRACEBACK_LINES) {
      this.#traceback.push(text);
      return [];
    }
    const exception = EXCEPTION.exec(text);
    if (!exception?.groups) return [...this.end(), { ...parseLine(text), raw: text }];
    const lines = [...this.#traceback, text];
    this.#traceback = [];
    return [
      {
        event: 'python.traceback',
        type: exception.groups.type ?? '',
        message: exception.groups.message ?? '',
        frames: lines.flatMap((entry) => {
          const frame = FRAME.exec(entry)?.groups;
          return frame ? [{ file: frame.file ?? '', line: Number(frame.line) }] : [];
        }),
        raw: lines.join('\n'),
      },
    ];
  }

  /** The lines of a traceback that never ended. */
  end(): LogEntry[] {
    const lines = this.#traceback;
    this.#traceback = [];
    return lines.map((raw) => ({ event: 'line', raw }));
  }
}
