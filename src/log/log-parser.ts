// Lines → events, one after the other: joins the lines of a traceback into one event.

import type { LogEntry } from './events.js';
import { parseLine } from './parse-line.js';
import { redact } from './redact.js';

const TRACEBACK_START = 'Traceback (most recent call last):';
const FRAME = /^ {2}File "(?<file>.*)", line (?<line>\d+)/;
const EXCEPTION = /^(?<type>[A-Za-z_][\w.]*)(?:: ?(?<message>.*))?$/;

/** Fewer unreadable characters than this are damage within a line, not another baud rate. */
const MIN_UNREADABLE = 3;
/** How many characters of noise may look readable before the text begins. */
const MAX_READABLE_TAIL = 24;

/** A board without memory can print frames for ever: a longer traceback is cut into lines again. */
const MAX_TRACEBACK_LINES = 100;

/** Feed it lines in order; it keeps the beginning of a traceback until its last line has come. */
export class LogParser {
  #traceback: string[] = [];

  /** @param line one line as the board printed it, without its line end */
  push(line: string): LogEntry[] {
    const { noise, text } = splitNoise(line);
    if (noise === '') return this.#take(redact(line));
    const entries: LogEntry[] = [...this.end(), { event: 'boot.noise', raw: noise }];
    return text === '' ? entries : [...entries, ...this.#take(redact(text))];
  }

  #take(text: string): LogEntry[] {
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

/**
 * Parts boot output at another baud rate from the first line of the program, to which it is glued: there is no line
 * end between them. What is unreadable need not end with an unreadable character.
 */
function splitNoise(line: string): { noise: string; text: string } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what makes noise recognisable
  const unreadable = line.match(/[\0-\x08\x0b-\x1a\x1c-\x1f\x7f\ufffd]/g);
  if (!unreadable || unreadable.length < MIN_UNREADABLE) return { noise: '', text: line };
  const start = line.lastIndexOf(unreadable.at(-1) ?? '') + 1;
  for (let at = start; at < Math.min(line.length, start + MAX_READABLE_TAIL); at++) {
    const text = line.slice(at);
    if (text === TRACEBACK_START || parseLine(text).event !== 'line')
      return { noise: line.slice(0, at), text };
  }
  return { noise: line, text: '' };
}
