// The pages that are made from the program's own tables: docs/commands.md and docs/errors.md.

import type { Command, OptionTable } from '../../src/cli/command.js';
import { COMMANDS } from '../../src/cli/commands.js';
import { variableOf } from '../../src/cli/options/settings.js';
import { COMMON_OPTIONS } from '../../src/cli/options/shared.js';
import { ERROR_TABLE, type ErrorFacts } from '../../src/errors.js';

const EXIT_STATUS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'a bug in esp-portal',
  2: 'the command line or a settings file is wrong, or the output cannot be written',
  3: 'the port: none, busy, denied, unplugged',
  4: 'the board does not answer',
  5: 'the firmware: missing, damaged, for another chip, too large',
  6: 'writing or verifying failed',
  7: "the board's own error: traceback, no memory, no space",
  8: 'what was waited for did not come in time',
  130: 'interrupted by Ctrl-C',
};

export function commandsPage(): string {
  return page('Commands', [
    'Made from the program itself by `npm run docs`. The same is in `esp-portal COMMAND --help`.',
    COMMANDS.map(({ name, summary }) => `- [\`${name}\`](#${name}): ${lowerFirst(summary)}`).join('\n'),
    ...COMMANDS.flatMap(commandSection),
    '## Options of every command',
    optionTable(COMMON_OPTIONS),
    '## Settings',
    'Every option can be set by an environment variable: `$ESP_PORTAL_` and its name in capitals, with `_` for `-`. ' +
      '`$ESPTOOL_PORT` and `$ESPTOOL_BAUD` count too. Files are described at [`config`](#config). The strongest comes ' +
      "first: command line, environment, the project's `esp-portal.json`, your own file, the default.",
    '## Exit status',
    table(['status', 'meaning'], Object.entries(EXIT_STATUS)),
    'What each error means and what to do: [errors.md](errors.md).',
  ]);
}

function commandSection({ name, summary, details, options, positional, examples }: Command): string[] {
  return [
    `## ${name}`,
    `${summary}.`,
    fence([`esp-portal ${name}${positional ? ` <${positional.name}>` : ''} [options]`]),
    ...(positional
      ? [`\`${positional.name}\`: ${lowerFirst(positional.describe)}; ${positional.choices.join(', ')}.`]
      : []),
    ...details,
    ...(Object.keys(options).length > 0 ? [optionTable(options)] : []),
    ...(examples.length > 0
      ? [fence(examples.flatMap(([line, what]) => [`esp-portal ${line}`, `    # ${what}`]))]
      : []),
  ];
}

function optionTable(options: OptionTable): string {
  const rows = Object.entries(options).map(([name, option]) => {
    const value = option.choices ? option.choices.join('|') : option.type === 'boolean' ? '' : 'VALUE';
    const alias = option.alias ? `, \`-${option.alias}\`` : '';
    const known = option.defaultDescription ?? (option.default === false ? undefined : option.default);
    return [
      `\`--${name}${value && ` ${value}`}\`${alias}`,
      option.describe,
      known === undefined ? '' : `\`${known}\``,
      `\`${variableOf(name)}\``,
    ];
  });
  return table(['option', 'meaning', 'default', 'variable'], rows);
}

export function errorsPage(): string {
  const rows: [string, ErrorFacts][] = Object.entries(ERROR_TABLE);
  return page('Errors', [
    'Made from the program itself by `npm run docs`. Codes are stable; wording is not. With `--json` the code is in ' +
      '`error.code` of the last line. `PORT` stands for the port that you use.',
    table(
      ['code', 'status', 'likely cause'],
      rows.map(([code, { exitStatus, cause }]) => [`[\`${code}\`](#${code})`, exitStatus, cause]),
    ),
    ...rows.flatMap(([code, { exitStatus, cause, otherCauses = [], sees, next }]) => [
      `## ${code}`,
      `Exit status ${exitStatus}: ${EXIT_STATUS[exitStatus]}.`,
      fence([`Error: ${sees}`]),
      'Causes, the likeliest first:',
      [cause, ...otherCauses].map((each, index) => `${index + 1}. ${each}`).join('\n'),
      'What to do next:',
      fence([next]),
    ]),
  ]);
}

function page(title: string, paragraphs: readonly string[]): string {
  return `${[`# ${title}`, ...paragraphs].join('\n\n')}\n`;
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const line = (cells: readonly unknown[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function fence(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
