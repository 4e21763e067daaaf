// What the factory reports while it makes boards. Types only.

import type { ErrorCode } from '../../error-table.js';
import type { LogEntry } from '../../log/events.js';
import type { ProgressEvent } from '../../progress.js';

/** Each of these belongs to a board: its port. */
interface OfBoard {
  readonly board: string;
}

interface OfRow extends OfBoard {
  readonly mac: string;
  readonly row: number;
  readonly serial: string;
}

/** A board was plugged in, or answers again. */
interface FoundEvent extends OfBoard {
  readonly event: 'factory.found';
}

/** The row of a board: a new one, that of an unfinished board, or that of one which was made before. */
interface RowEvent extends OfRow {
  readonly event: 'factory.row';
  readonly state: 'new' | 'unfinished' | 'made';
}

/** An attempt failed; the next one begins. */
interface AttemptEvent extends OfBoard {
  readonly event: 'factory.attempt';
  readonly reason: string;
  readonly attempt: number;
  readonly attempts: number;
}

/** The board is done and recorded: take it out. `checked`: it was made before; `healed` if something had to be written. */
interface DoneEvent extends OfRow {
  readonly event: 'factory.done';
  readonly result: 'made' | 'checked' | 'healed';
  readonly seconds: number;
  /** File of its label. */
  readonly label: string | undefined;
}

/** The board cannot be made, or not now: take it out. It keeps its row, if it has one. */
interface FailedEvent extends OfBoard {
  readonly event: 'factory.failed';
  readonly mac: string | undefined;
  readonly row: number | undefined;
  readonly code: ErrorCode;
  readonly message: string;
  readonly next: string | undefined;
}

/** The board was unplugged before it was done. */
interface LostEvent extends OfBoard {
  readonly event: 'factory.lost';
  readonly mac: string | undefined;
  readonly row: number | undefined;
}

/** The port is free for the next board. */
interface FreeEvent extends OfBoard {
  readonly event: 'factory.free';
}

/** A port cannot be opened; it is tried again. */
interface WaitingEvent extends OfBoard {
  readonly event: 'factory.waiting';
  readonly code: ErrorCode;
  readonly message: string;
}

/** Of the factory as a whole. */
interface NoticeEvent {
  readonly event: 'notice';
  readonly message: string;
}

export type FactoryBoardEvent =
  | FoundEvent
  | RowEvent
  | AttemptEvent
  | DoneEvent
  | FailedEvent
  | LostEvent
  | FreeEvent
  | WaitingEvent;

export type FactoryEvent = NoticeEvent | FactoryBoardEvent | (ProgressEvent & OfBoard) | LogEntry;
