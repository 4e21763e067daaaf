// The command line's grammar, made from the commands' own data.

import yargs, { type Argv } from 'yargs';
import { PortalError } from '../../errors.js';
import { type Command, usageOf } from '../command.js';
import { ALL_OPTIONS, COMMANDS } from '../commands.js';
import { welcome } from '../welcome.js';
import { checkPositionals } from './check-words.js';
import type { OptionTable } from './option-table.js';
import { readSettings, type Setting, type SettingsSources } from './settings.js';
import { COMMON_OPTIONS, OPTION_GROUPS } from './shared.js';

interface ParserOptions {
  /** What will be parsed. */
  readonly argv: readonly string[];
  readonly version: string;
  /** Where settings other than the command line are read from. */
  readonly sources: SettingsSources;
  /** Columns of the help. */
  readonly width: number;
  /** Runs a command with its parsed values. */
  readonly run: (command: Command, values: never, settings: readonly Setting[]) => Promise<void>;
}

/** A parser that throws PortalError `usage`, or yargs' own error. */
export function createParser({ version, width, ...given }: ParserOptions): Argv {
  const parser = yargs()
    .scriptName('esp-portal')
    .usage(
      '$0 <command> [options]\n\nFlashes MicroPython and installs a captive WiFi portal on an ESP8266 or ESP32.',
    )
    .options(withValues(COMMON_OPTIONS))
    .strict()
    .version(version)
    .help()
    .alias('help', 'h')
    .group(['help', 'version'], 'Help:')
    .epilogue('esp-portal <command> --help shows the options of a command.')
    .wrap(width)
    .locale('en')
    .exitProcess(false)
    .parserConfiguration({
      'duplicate-arguments-array': false,
      'dot-notation': false,
      'camel-case-expansion': false,
    })
    .fail((message, error) => {
      throw error ?? new PortalError('usage', message);
    });
  for (const command of COMMANDS) register(parser, command, given);
  parser.command('$0', false, {}, (values) => given.run(welcome, values as never, []));
  return parser;
}

function register(
  parser: Argv,
  command: Command,
  { argv, sources, run }: Pick<ParserOptions, 'argv' | 'sources' | 'run'>,
): void {
  const { summary, options, positionals = [], examples } = command;
  const usage = usageOf(command);
  let settings: readonly Setting[] = [];
  parser.command(
    usage,
    summary,
    (yargs: Argv, isHelp?: boolean) => {
      for (const { name: word, describe, choices } of positionals)
        yargs.positional(word, { describe, type: 'string', ...(choices && { choices }) });
      const all = { ...COMMON_OPTIONS, ...options };
      yargs.options(withValues(inGroup(OPTION_GROUPS.command, options)));
      if (isHelp) {
        const lines = examples.map(([line, what]): [string, string] => [`$0 ${line}`, what]);
        return yargs.usage(`$0 ${usage} [options]\n\n${summary}.`).example(lines).epilogue('');
      }
      // yargs lays out the help of each command that it runs: what is hidden takes it no time.
      for (const name of [...Object.keys(all), 'help', 'version']) yargs.hide(name);
      settings = readSettings(all, ALL_OPTIONS, sources); // not for help, which is shown with invalid ones, too
      return yargs.config(Object.fromEntries(settings.map(({ option, value }) => [option, value])));
    },
    (values) => {
      const inForce = settings.filter(({ option }) => !isNamed(option, argv));
      return run(command, checkPositionals(command, values, argv) as never, inForce);
    },
  );
}

/** Whether the command line sets it, which overrides any setting. */
function isNamed(option: string, argv: readonly string[]): boolean {
  const words = [`--${option}`, `--no-${option}`];
  const alias = ALL_OPTIONS[option]?.alias;
  return argv.some(
    (word) =>
      words.includes(word) ||
      word.startsWith(`--${option}=`) ||
      (typeof alias === 'string' && lettersOf(word).includes(alias)),
  );
}

/** Those of `-qf`, up to the one that takes the rest of the word as its value. */
function lettersOf(word: string): string {
  const switches = Object.values(ALL_OPTIONS).filter(({ type }) => type === 'boolean');
  const letters = switches.flatMap(({ alias }) => (typeof alias === 'string' ? alias : [])).join('');
  return new RegExp(`^-[${letters}]*[a-z]?`).exec(word)?.[0] ?? '';
}

/** Heading for options without their own. */
function inGroup(group: string, options: OptionTable): OptionTable {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, { group, ...option }]));
}

/** Nearly always an empty value is a variable that a script has forgotten to set. `--no-x` has no meaning where x takes a value. */
function withValues(options: OptionTable): OptionTable {
  const entries = Object.entries(options).map(([name, option]) => {
    if (option.type !== 'string') return [name, option] as const;
    const coerce = (value: unknown) => {
      if (value === false) throw new PortalError('usage', `--no-${name}: --${name} takes a value.`);
      if (value === '' && !option.mayBeEmpty)
        throw new PortalError('usage', `--${name} is empty; give it a value, or omit it.`);
      if (value === '-' && option.complete === 'files')
        throw new PortalError('usage', `--${name} takes no "-": name a file, one of that name as ./-.`);
      return option.coerce ? option.coerce(value) : value;
    };
    return [name, { ...option, coerce }] as const;
  });
  return Object.fromEntries(entries);
}
