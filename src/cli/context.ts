// What a command works with. Types only.

import type { Redactor } from '../operations/log/redaction.js';
import type { Port } from '../operations/ports/ports.js';
import type { OptionTable } from './options/option-table.js';
import type { Setting } from './options/settings.js';
import type { Reporter } from './report/reporter.js';

interface OpenOptions {
  /** Where nothing is named, this one. */
  otherwise?: string;
  /** This one, whatever is named: the port that was open before, again. */
  address?: string;
  /** Bits a second; 115200 unless told otherwise. */
  baudRate?: number | undefined;
}

/** What a command works with. */
export interface CommandContext {
  /** The options of every command. */
  readonly allOptions: OptionTable;
  /** What is in force without being on the command line, and who set it. */
  readonly settings: readonly Setting[];
  /** Masks the secrets of what it is given to report. */
  readonly reporter: Reporter;
  /** For what leaves the process by another way than the reporter. */
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  /** Aborts when stdout takes nothing any more: the end of a command that does nothing but show something. */
  readonly outputLost: AbortSignal;
  /**
   * Opens the port that the user named, else the address in `otherwise`, else the one board that is plugged in.
   * Closed when the command ends.
   */
  openPort(options?: OpenOptions): Promise<Port>;
  /** The address of the port that was opened last, as it can be opened again. */
  portAddress(): string;
  /** Where the board's web server is for this computer, once the port has told. */
  localUrl(): string | undefined;
}
