// The QR code with which a phone joins the portal's WiFi, drawn on a terminal: two modules in one half block.

import { encode } from 'uqr';
import { joinCode, type LogEntry } from '../../operations/log/log-events.js';

/** Of ISO/IEC 18004, in modules. */
const QUIET_ZONE = 4;
/** In narrower terminals lines wrap, and a code takes most of the screen. */
const MIN_COLUMNS = 40;
/** What a text without its secret has in its place: such a code would lead nowhere. */
const MASKED = '***';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'hasColors'>;

/**
 * Lines that show how to join the portal of this entry; none if the entry is of another kind, or if its WiFi has a password
 * that is not known here.
 * @param password of the access point
 */
export function qrLinesOf(entry: LogEntry, password: string | null | undefined, stream: Stream): string[] {
  if (entry.event !== 'portal.ready' || entry.unfinished || entry.essid.includes(MASKED)) return [];
  const text = entry.hasPassword ? password && joinCode(entry.essid, password) : entry.join;
  if (!text || !stream.isTTY) return [];
  const lines = qrLines(text, stream);
  return lines.length === 0 ? [] : [...lines, 'To join with a phone, scan the code with its camera.'];
}

/** @returns none where the code is wider than the terminal */
export function qrLines(text: string, stream: Pick<Stream, 'columns' | 'hasColors'>): string[] {
  const { data } = encode(text, { border: QUIET_ZONE });
  const width = data.length;
  if (stream.columns < Math.max(MIN_COLUMNS, width)) return [];
  const hasColours = stream.hasColors?.() ?? false;
  const blocks = hasColours ? DARK_BLOCKS : LIGHT_BLOCKS;
  const blockAt = (line: number, column: number) =>
    blocks[(data[2 * line]?.[column] ? 2 : 0) + (data[2 * line + 1]?.[column] ? 1 : 0)] ?? '';
  return Array.from({ length: Math.ceil(width / 2) }, (_, line) => {
    const row = Array.from({ length: width }, (_, column) => blockAt(line, column)).join('');
    return hasColours ? `${BLACK_ON_WHITE}${row}${RESET}` : row;
  });
}

/** Black and white of the fixed part of the palette: a theme changes the first 16 colours. */
const BLACK_ON_WHITE = '\x1b[38;5;16;48;5;231m';
const RESET = '\x1b[0m';
/** By which halves are dark modules: none, the lower, the upper, both. In the colour of the text are the dark ones. */
const DARK_BLOCKS = [' ', '▄', '▀', '█'];
/** In the colour of the text are the light ones, as on a terminal with a dark background. */
const LIGHT_BLOCKS = ['█', '▀', '▄', ' '];
