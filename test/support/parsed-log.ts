// Logs through the parser, in one piece or in many.

import type { LogEntry } from '../../src/log/events.js';
import { LogParser } from '../../src/log/log-parser.js';
import { bytesOf } from './log-fixtures.js';

export const TIME_MS = 1_795_000_000_000;

export function parse(pieces: readonly Uint8Array[], showSecrets = false): LogEntry[] {
  const parser = new LogParser({ board: 'desk', showSecrets });
  return [...pieces.flatMap((piece) => parser.push(piece, TIME_MS)), ...parser.end(TIME_MS)];
}

export const singly = (bytes: Uint8Array) => Array.from(bytes, (byte) => Uint8Array.of(byte));
export const read = (...lines: string[]) => parse([bytesOf(lines)]);
export const names = (entries: readonly LogEntry[]) => entries.map(({ event }) => event);
