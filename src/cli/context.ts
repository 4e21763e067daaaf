// What a command works with. Types only.

import type { Redactor } from '../operations/log/secrets.js';
import type { Port } from '../operations/ports/ports.js';
import type { Host } from './host.js';
import type { OptionTable } from './options/option-table.js';
import type { Setting } from './options/settings.js';
import type { Reporter } from './report/reporter.js';
import type { InterruptSignal } from './terminal/signals.js';

export interface PortChoice {
  /** Where nothing is named, this one. */
  otherwise?: string;
  /** Reopens the port that was open before. */
  address?: string;
  /** Baud rate, 115200 by default. */
  baudRate?: number | undefined;
}

/** What a command works with. */
export interface CommandContext {
  readonly host: Host;
  /** The options of every command. */
  readonly allOptions: OptionTable;
  /** What is in force without being on the command line, and who set it. */
  readonly settings: readonly Setting[];
  /** Masks secrets in everything that it reports. */
  readonly reporter: Reporter;
  /** For what leaves the process by another way than the reporter. */
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** The signal that interrupted the command. */
  interruptedBy(): InterruptSignal | undefined;
  /** Aborts when stdout is closed, which ends a command that only shows something. */
  readonly outputLost: AbortSignal;
  /**
   * Opens the port that the user named, else the address in `otherwise`, else the one board that is plugged in.
   * Closed when the command ends.
   */
  openPort(options?: PortChoice): Promise<Port>;
  /** The address of the port that was opened last, as it can be opened again. */
  portAddress(): string;
  /** Address of the board's web server on this computer, after the port's notice. */
  localUrl(): string | undefined;
}
