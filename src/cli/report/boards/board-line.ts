// What is known of one of several boards while a command runs on it, and the line of a terminal that shows it.

import stringWidth from 'fast-string-width';
import type { ProgressEvent } from '../../../progress.js';
import { cut, type Piece } from '../../terminal/live-lines.js';
import { inOneLine } from '../../terminal/text.js';

type BoardState = 'waiting' | 'running' | 'done' | 'failed' | 'not started';

const BAR_COLUMNS = 12;
const MAC_COLUMNS = 17;
const PERCENT_COLUMNS = '  100 %'.length;
const TIME_COLUMNS = '0:00'.length;
/** For most results of a board, and most steps with the board's row. MAC address and bar are shown where there is more. */
const TEXT_COLUMNS = 26;
const LABEL_COLUMNS = { min: 8, max: 30 };

/** Symbols, so that the colour is not the only sign. */
const STATES = {
  waiting: { symbol: '·', style: 'dim' },
  running: { symbol: '▸', style: 'cyan' },
  done: { symbol: '✔', style: 'green' },
  failed: { symbol: '✖', style: 'red' },
  'not started': { symbol: '·', style: 'yellow' },
} as const satisfies Record<BoardState, object>;

/** Progress of one board. */
export class BoardLine {
  readonly label: string;
  state: BoardState = 'waiting';
  mac: string | undefined;
  /** The step under way, or what the board ended with. */
  text = 'waiting';
  /** In front of a step, where there is room: what the board is being made into. */
  subject = '';
  #fraction: number | undefined;
  #startedMs: number | undefined;
  #seconds: number | undefined;

  /** Since its start, once it has ended. */
  get seconds(): number {
    return this.#seconds ?? 0;
  }

  readonly #nameOfMac: (mac: string) => string | undefined;

  constructor(label: string, nameOfMac: (mac: string) => string | undefined) {
    this.label = label;
    this.#nameOfMac = nameOfMac;
  }

  /** Its MAC address, with the name that is not the label already. */
  get identity(): string {
    const name = this.mac === undefined ? undefined : this.#nameOfMac(this.mac);
    const added = name === undefined || name === this.label ? [] : [name];
    return [this.mac ?? '', ...added].join(' ');
  }

  start(nowMs: number): void {
    this.state = 'running';
    this.text = '';
    this.#startedMs = nowMs;
  }

  /** @param text the name of the step that has begun */
  step(text: string): void {
    this.text = text;
    this.#fraction = undefined;
  }

  show(event: ProgressEvent): void {
    if (event.event === 'chip') this.mac = event.mac;
    if (event.event !== 'bytes') return;
    const { doneBytes, totalBytes } = event;
    this.#fraction = totalBytes ? Math.min(1, doneBytes / totalBytes) : undefined;
  }

  end(state: 'done' | 'failed' | 'not started', text: string, seconds: number): void {
    this.state = state;
    this.text = text;
    this.#fraction = undefined;
    this.#seconds = seconds;
  }

  /** @param labelColumns from labelColumnsOf */
  pieces(nowMs: number, { columns, labelColumns }: { columns: number; labelColumns: number }): Piece[] {
    const { symbol, style } = STATES[this.state];
    const label = padded(shortLabel(this.label, labelColumns), labelColumns);
    const time = this.#time(nowMs);
    // Symbol, gaps, and the last column, which stays empty.
    const room = columns - labelColumns - Math.max(time.length, TIME_COLUMNS) - 7;
    const mac = room >= MAC_COLUMNS + 2 + TEXT_COLUMNS ? `  ${padded(this.identity, MAC_COLUMNS)}` : '';
    const withMac = room - stringWidth(mac);
    const isOver = this.#seconds !== undefined;
    const bar = this.#bar(withMac >= TEXT_COLUMNS + 2 + BAR_COLUMNS + PERCENT_COLUMNS);
    const textColumns = withMac - bar.reduce((sum, { text }) => sum + text.length, 0);
    const subject = isOver || textColumns < TEXT_COLUMNS ? '' : this.subject;
    return [
      { text: `${symbol} `, style },
      { text: `${label}${mac}  ${time}  ` },
      { text: cut(inOneLine(subject + this.text), Math.max(0, textColumns)), ...(isOver && { style }) },
      ...bar,
    ];
  }

  #bar(hasRoom: boolean): Piece[] {
    if (this.#fraction === undefined) return [];
    const percent = `  ${Math.floor(100 * this.#fraction)} %`;
    if (!hasRoom) return [{ text: percent }];
    const filled = Math.round(BAR_COLUMNS * this.#fraction);
    return [
      { text: `  ${'█'.repeat(filled)}`, style: 'cyan' },
      { text: '░'.repeat(BAR_COLUMNS - filled), style: 'dim' },
      { text: percent },
    ];
  }

  #time(nowMs: number): string {
    if (this.#seconds !== undefined) return clockTime(this.#seconds);
    return this.#startedMs === undefined ? '    ' : clockTime((nowMs - this.#startedMs) / 1000);
  }
}

/** E.g. `1:05`. */
export function clockTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Columns for the labels of lines: those of the longest, or a quarter of the terminal. */
export function labelColumnsOf(labels: readonly string[], columns: number): number {
  const { min, max } = LABEL_COLUMNS;
  const most = Math.min(max, Math.max(min, Math.floor(columns / 4)));
  return Math.max(0, ...labels.map((label) => stringWidth(shortLabel(label, most))));
}

/** What many labels have in common. */
const COMMON_START = /^(?:\/dev\/(?:serial\/by-\w+\/)?|(?:virtual|id|mac):|(?:rfc2217|socket):\/\/)/;

/** With both ends: the paths of ports differ at the end, addresses at the beginning. */
export function shortLabel(label: string, columns: number): string {
  const whole = inOneLine(label);
  if (stringWidth(whole) <= columns) return whole;
  const shown = whole.replace(COMMON_START, '');
  if (stringWidth(shown) <= columns) return shown;
  const half = (columns - 1) / 2;
  return `${shown.slice(0, Math.floor(half))}…${shown.slice(-Math.ceil(half))}`;
}

export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
