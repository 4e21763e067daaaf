// What is known of one of several boards while a command runs on it, and the line of a terminal that shows it.

import stringWidth from 'fast-string-width';
import type { ProgressEvent } from '../../../progress.js';
import type { Piece } from '../../terminal/live-lines.js';
import { inOneLine } from '../../terminal/text.js';

type BoardState = 'waiting' | 'running' | 'done' | 'failed' | 'not started';

const BAR_COLUMNS = 12;
const MAX_LABEL_COLUMNS = 30;
/** A narrower terminal has no room for them. */
const MAC_FROM_COLUMNS = 90;
const BAR_FROM_COLUMNS = 70;

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

  /** @param labelColumns of the longest label */
  pieces(nowMs: number, { columns, labelColumns }: { columns: number; labelColumns: number }): Piece[] {
    const { symbol, style } = STATES[this.state];
    const label = padded(shortLabel(this.label), Math.min(labelColumns, MAX_LABEL_COLUMNS));
    const mac = columns >= MAC_FROM_COLUMNS ? `  ${padded(this.identity, 17)}` : '';
    const isOver = this.#seconds !== undefined;
    return [
      { text: `${symbol} `, style },
      { text: `${label}${mac}  ${this.#time(nowMs)}  ` },
      { text: inOneLine(this.text), ...(isOver && { style }) },
      ...this.#bar(columns),
    ];
  }

  #bar(columns: number): Piece[] {
    if (this.#fraction === undefined) return [];
    const percent = `  ${Math.floor(100 * this.#fraction)} %`;
    if (columns < BAR_FROM_COLUMNS) return [{ text: percent }];
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

/** With both ends: the paths of ports differ at the end, addresses at the beginning. */
export function shortLabel(label: string): string {
  const shown = inOneLine(label);
  if (shown.length <= MAX_LABEL_COLUMNS) return shown;
  const half = Math.floor((MAX_LABEL_COLUMNS - 1) / 2);
  return `${shown.slice(0, half)}…${shown.slice(-half)}`;
}

export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}
