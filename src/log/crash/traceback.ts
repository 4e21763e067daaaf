// The lines of a Python traceback → one event.

import type { Frame, LineMeaning } from '../events.js';
import type { Group } from '../group.js';
import { pythonAdvice } from './python-errors.js';

export const TRACEBACK_START = 'Traceback (most recent call last):';

/** Whether a closer look is needed, at a line or at many. */
export function mayEndWithTraceback(text: string): boolean {
  return text.includes(TRACEBACK_START);
}

/** Where a traceback begins at the end of a line, behind a prompt or what was being printed; 0 where none does. */
export function tracebackStart(line: string): number {
  return line.endsWith(TRACEBACK_START) ? line.length - TRACEBACK_START.length : 0;
}

const FRAME = /^ {2}File "(?<file>.*)", line (?<line>\d+)(?:, in (?<name>.+))?/;
const EXCEPTION = /^(?<type>[A-Za-z_][\w.]*)(?:: ?(?<message>.*))?$/;
/** A board without memory prints no traceback at all before this line. */
const BARE_MEMORY_ERROR = /^(?:MemoryError: )?(memory allocation failed,.*)$/;

/** A board without memory can print frames without end: a longer traceback is split into lines. */
const MAX_TRACEBACK_LINES = 100;

/** @returns what collects the lines that follow, when a traceback begins with this one */
export function startTraceback(line: string): Group | undefined {
  if (line !== TRACEBACK_START) return undefined;
  const lines = [line];
  return {
    lines,
    take(next) {
      if (next.startsWith('  ')) {
        if (lines.length === MAX_TRACEBACK_LINES) return { kind: 'refused' };
        lines.push(next);
        return { kind: 'taken' };
      }
      const exception = EXCEPTION.exec(next)?.groups;
      if (!exception) return { kind: 'refused' };
      const { type = '', message = '' } = exception;
      const meaning = tracebackOf(type, message, lines.flatMap(frameOf));
      lines.push(next);
      return { kind: 'complete', meaning };
    },
    end: () => undefined,
  };
}

/** A MemoryError that left no memory for a traceback. */
export function bareMemoryError(line: string): LineMeaning | undefined {
  if (!line.startsWith('M') && !line.startsWith('m')) return undefined; // most lines
  const message = BARE_MEMORY_ERROR.exec(line)?.[1];
  return message === undefined ? undefined : tracebackOf('MemoryError', message, []);
}

function tracebackOf(type: string, message: string, frames: readonly Frame[]): LineMeaning {
  const advice = pythonAdvice(type, message, frames);
  return {
    event: 'python.traceback',
    type,
    message,
    frames,
    ...(advice === undefined ? {} : { advice }),
  };
}

function frameOf(line: string): Frame[] {
  const { file, line: number, name } = FRAME.exec(line)?.groups ?? {};
  if (file === undefined) return [];
  return [{ file, line: Number(number), ...(name === undefined ? {} : { function: name }) }];
}
