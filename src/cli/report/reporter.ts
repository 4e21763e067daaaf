// What a command tells while it runs and when it ends; how it is shown is up to the implementations.

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
  /** The lines are what was asked for, and not words about what was done: `--quiet` shows them too. */
  readonly isListing?: boolean;
}

/** How a command ended badly. */
export interface Failure {
  readonly error: PortalError | Error;
  readonly exitCode: number;
  /** The likely cause and the next command; absent for a bug in esp-portal. */
  readonly cause?: string;
  readonly next?: string;
  /** What somebody who mends a bug has to know; absent for what is no bug in esp-portal. */
  readonly report?: string | undefined;
  /** The file in which the same was saved. */
  readonly reportFile?: string | undefined;
  /** Why there is no such file, though somebody asked for it. */
  readonly reportTrouble?: string | undefined;
}

export interface Reporter {
  progress(event: ProgressEvent): void;
  notice(notice: PortNotice): void;
  log(entry: LogEntry): void;
  /** The main thing is reached, but the command goes on. */
  milestone(lines: readonly string[]): void;
  done(command: string, outcome: Outcome): void;
  failed(command: string, failure: Failure): void;
}
