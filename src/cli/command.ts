// What a command is: data that the parser, the help, the documentation and the shell completion all read.

import type { InferredOptionTypes, Options } from 'yargs';
import type { CommonOptions } from './options/shared.js';
import type { Outcome } from './report/reporter.js';
import type { CommandContext } from './run.js';

/** An option as yargs knows it, and what a shell can offer for its value beside its choices. */
export interface OptionSpec extends Options {
  readonly complete?: 'ports' | 'events' | 'files' | undefined;
  /** A path: where a file sets it, it is relative to that file. `if-there`: text that may be one. */
  readonly path?: true | 'if-there' | undefined;
  /** It says what goes onto the board, so a project's file may set it, although that may come from a stranger's repository. */
  readonly fromProject?: true | undefined;
  /** What `coerce` would have to load too much for: throws PortalError `usage` for a value that cannot work. */
  readonly check?: ((value: string) => Promise<void>) | undefined;
  /** '' is a value of its own. */
  readonly mayBeEmpty?: boolean | undefined;
  /** Its value is never shown. */
  readonly secret?: boolean | undefined;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** The values of a table of options, by name, as parsed. */
export type OptionValues<O extends OptionTable> = InferredOptionTypes<O & CommonOptions>;

/** A command, whatever its options; see defineCommand. */
export interface Command {
  readonly name: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  /** What a person has to know beyond the options, a paragraph each; for the documentation. */
  readonly details: readonly string[];
  /** Its own options, beside those that every command takes. */
  readonly options: OptionTable;
  /** The word after the name, for commands that take one, e.g. `<shell>`. */
  readonly positional?: Positional;
  /** It stays with the board until it is stopped: what the board serves on this computer can be used meanwhile. */
  readonly followsBoard?: true;
  /** It opens no port: an interruption says nothing about a board. */
  readonly isWithoutBoard?: true;
  /** Command lines that work as printed, and what each is for. */
  readonly examples: readonly (readonly [commandLine: string, what: string])[];
  run(values: never, context: CommandContext): Promise<Outcome>;
}

interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly choices: readonly string[];
}

/** Ties the types of a command's values to its options. */
export function defineCommand<const O extends OptionTable>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    /** Loads what it needs when it runs; this module is loaded for every command line. */
    run(values: OptionValues<O>, context: CommandContext): Promise<Outcome>;
  },
): Command {
  return command;
}
