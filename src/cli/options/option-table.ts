// What an option is: data that the parser, the settings, the help and the shell completion all read. Types only.

import type { Options } from 'yargs';

/** An option for yargs, and the completion of its value. */
export interface OptionSpec extends Options {
  readonly complete?: 'ports' | 'events' | 'files' | undefined;
  /** A path: where a file sets it, it is relative to that file. `if-there`: text that may be one. */
  readonly path?: true | 'if-there' | undefined;
  /** Sets what goes onto the board, so a project's file may set it, which may come from another author. */
  readonly fromProject?: true | undefined;
  /** What `coerce` would have to load too much for: throws PortalError `usage` for a value that cannot work. */
  readonly check?: ((value: string) => Promise<void>) | undefined;
  /** '' is a valid value. */
  readonly mayBeEmpty?: boolean | undefined;
  /** May be repeated; a file may have an array. `coerce` gets a line for each value, or JSON of the array. */
  readonly isList?: boolean | undefined;
  /** JSON types of the items of such an array in a file. */
  readonly listOf?: readonly ('string' | 'object')[] | undefined;
  /** Only from the command line: settings of this name are those of other commands, where it means something else. */
  readonly isOwn?: true | undefined;
  /** Its value is never shown. */
  readonly secret?: boolean | undefined;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;
