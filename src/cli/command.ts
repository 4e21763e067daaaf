// What a command is: data that the parser, the help, the documentation and the shell completion all read.

import type { InferredOptionTypes } from 'yargs';
import type { CommandContext } from './context.js';
import type { OptionTable } from './options/option-table.js';
import type { CommonOptions } from './options/shared.js';
import type { Outcome } from './report/reporter.js';

/** The values of a table of options, by name, as parsed. */
export type OptionValues<O extends OptionTable> = InferredOptionTypes<O & CommonOptions>;

/** A command, whatever its options; see defineCommand. */
export interface Command {
  readonly name: string;
  /** One sentence, without a full stop. */
  readonly summary: string;
  /** Paragraphs for the documentation, in addition to the options. */
  readonly details: readonly string[];
  /** Its own options; every command also takes COMMON_OPTIONS. */
  readonly options: OptionTable;
  /** The words after the name, for commands that take some, e.g. `<shell>`; optional ones come last. */
  readonly positionals?: readonly Positional[];
  /** It stays with the board until it is stopped: what the board serves on this computer can be used meanwhile. */
  readonly followsBoard?: true;
  /** It opens no port, so an interruption does not affect a board. */
  readonly isWithoutBoard?: true;
  /** It runs on several boards at the same time, when --port names several. */
  readonly severalBoards?: {
    /** Options that make sense for one board only. */
    readonly refuses: readonly string[];
    /** It switches nothing on that would have to start one after the other. */
    readonly startsTogether?: true;
  };
  /** Command lines that work as printed, and what each is for. */
  readonly examples: readonly (readonly [commandLine: string, what: string])[];
  run(values: never, context: CommandContext): Promise<Outcome>;
}

interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly choices?: readonly string[];
  readonly isOptional?: true;
  /** It names a file or a path, for which `-` is no name. */
  readonly isFile?: true;
}

/** As the help shows them: `files <action> [path]`. */
export function usageOf({ name, positionals = [] }: Pick<Command, 'name' | 'positionals'>): string {
  const words = positionals.map((word) => (word.isOptional ? `[${word.name}]` : `<${word.name}>`));
  return [name, ...words].join(' ');
}

/** Ties the types of a command's values to its options. */
export function defineCommand<const O extends OptionTable>(
  command: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    /** Imports its modules when it runs, because this module is loaded for every command line. */
    run(values: OptionValues<O>, context: CommandContext): Promise<Outcome>;
  },
): Command {
  return command;
}
