// The ports of the factory on a terminal: a line each with MAC, time, row, step and bar, and a line of figures below.

import type { FactoryEvent } from '../../../operations/factory/factory-events.js';
import { LiveLines, type Piece } from '../../terminal/live-lines.js';
import { BoardLine, clockTime, labelColumnsOf } from '../boards/board-line.js';
import { ProgressView } from '../progress-view.js';

type BoardEvent = Extract<FactoryEvent, { readonly board: string }>;

/** A port and the board that is in it. */
interface PortLine {
  readonly line: BoardLine;
  readonly view: ProgressView;
  readonly sinceMs: number;
}

interface LivePortsOptions {
  readonly ports: readonly string[];
  /** How many the plan wants. */
  readonly boards: number | undefined;
  readonly labelOf: (address: string) => string;
}

export class LivePorts {
  readonly #ports = new Map<string, PortLine>();
  /** Stay on the screen while no board is plugged in. */
  readonly #named: readonly string[];
  readonly #boards: number | undefined;
  readonly #labelOf: (address: string) => string;
  readonly #live: LiveLines;
  readonly #say: (text: string) => void;
  readonly #beganMs = performance.now();
  #made = 0;
  #failed = 0;

  /** @param say writes a line above */
  constructor(
    stream: NodeJS.WriteStream,
    { ports, boards, labelOf }: LivePortsOptions,
    say: (text: string) => void,
  ) {
    this.#named = ports;
    this.#boards = boards;
    this.#labelOf = labelOf;
    this.#say = say;
    for (const port of ports) this.#free(port);
    this.#live = new LiveLines(stream, (size) => this.#lines(size));
    this.#live.start();
  }

  show(event: FactoryEvent): void {
    if ('board' in event) this.#showOf(event);
    this.#live.update();
  }

  around(write: () => void): void {
    this.#live.around(write);
  }

  finish(): void {
    this.#live.stop();
  }

  #showOf(event: BoardEvent): void {
    const port = this.#ports.get(event.board) ?? this.#free(event.board);
    const seconds = (performance.now() - port.sinceMs) / 1000;
    switch (event.event) {
      case 'factory.found':
        this.#free(event.board).line.start(performance.now());
        break;
      case 'factory.row':
        port.line.mac = event.mac;
        port.line.subject = `row ${event.row}, ${event.serial}: `;
        break;
      case 'factory.done':
        if (event.result === 'made') this.#made++;
        port.line.end('done', `${event.result.toUpperCase()} ${event.serial}. Take it out.`, seconds);
        break;
      case 'factory.failed':
        this.#failed++;
        port.line.end('failed', `FAILED: ${event.code}. Take it out.`, seconds);
        break;
      case 'factory.lost':
        port.line.end('failed', 'UNPLUGGED', seconds);
        break;
      case 'factory.waiting':
        port.line.step(`waiting: ${event.code}`);
        break;
      case 'factory.free':
        if (this.#named.includes(event.board)) this.#free(event.board);
        else this.#ports.delete(event.board);
        break;
      case 'factory.attempt':
        break; // a line above
      default:
        if ('raw' in event) break;
        port.view.show(event);
        port.line.show(event);
    }
  }

  /** A line that waits for the next board. */
  #free(board: string): PortLine {
    const line = new BoardLine(this.#labelOf(board), () => undefined); // a new board has no name, its port may have one
    line.text = 'plug in the next board';
    const port = { line, view: this.#viewOf(board), sinceMs: performance.now() };
    this.#ports.set(board, port);
    return port;
  }

  #viewOf(board: string): ProgressView {
    return new ProgressView({
      start: (step) => this.#ports.get(board)?.line.step(step),
      text: '',
      finish: () => {},
      say: (text) => this.#say(`${this.#labelOf(board)}: ${text}`),
      isShown: false,
      around: (write) => write(),
    });
  }

  #lines({ columns, rows }: { columns: number; rows: number }): Piece[][] {
    const all = [...this.#ports.values()].map(({ line }) => line);
    const labels = all.map(({ label }) => label);
    const labelColumns = labelColumnsOf(labels, columns);
    const now = performance.now();
    const lines = all.slice(0, rows - 1).map((line) => line.pieces(now, { columns, labelColumns }));
    return [...lines, [{ text: this.#figures(now), style: 'bold' }]];
  }

  #figures(nowMs: number): string {
    const minutes = (nowMs - this.#beganMs) / 60_000;
    const parts = [`${this.#made} made`, `${this.#failed} failed`];
    if (this.#boards !== undefined) parts.push(`${this.#boards} planned`);
    if (this.#made > 0) parts.push(`${(minutes / this.#made).toFixed(1)} minutes per board`);
    return `${parts.join(', ')}, ${clockTime(60 * minutes)}`;
  }
}
