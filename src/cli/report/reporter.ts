// The interface for what a command reports while it runs and when it ends.

import type { PortalError } from '../../errors.js';
import type { LogEntry } from '../../operations/log/log-events.js';
import type { PortNotice } from '../../operations/ports/ports.js';
import type { ProgressEvent } from '../../progress.js';

/** How a command ended well. */
export interface Outcome {
  /** Fields of the JSON result. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The same for people, a line each. */
  readonly lines: readonly string[];
  /** The lines are the requested data, which `--quiet` shows, too. */
  readonly isListing?: boolean;
}

/** How a command ended badly. */
export interface Failure {
  readonly error: PortalError | Error;
  readonly exitCode: number;
  /** The likely cause and the next command; absent for a bug in esp-portal. */
  readonly cause?: string;
  readonly next?: string;
  /** Report for a bug; absent for other errors. */
  readonly report?: string | undefined;
  /** The file in which the same was saved. */
  readonly reportFile?: string | undefined;
  /** Why the requested file could not be written. */
  readonly reportTrouble?: string | undefined;
  /** Fields of the JSON result in addition to the error. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Reporter {
  progress(event: ProgressEvent): void;
  notice(notice: PortNotice): void;
  log(entry: LogEntry): void;
  /** The main result is reached, but the command continues. */
  milestone(lines: readonly string[]): void;
  done(command: string, outcome: Outcome): void;
  failed(command: string, failure: Failure): void;
}

/** For a command on several boards. */
export interface BoardsDisplay {
  /** For everything that happens on one board; its `done` or `failed` is the end of that board. */
  reporter(label: string): Reporter;
  /** The board's turn has come. */
  started(label: string): void;
  /** All have ended. */
  finish(): void;
}
