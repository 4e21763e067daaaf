// esp-portal config

import { defineCommand } from '../command.js';
import { checkSettings, defaultSources, readSettings } from '../options/settings.js';

/** The value of an option for every command that has it. */
interface EffectiveValue {
  readonly option: string;
  readonly value: unknown;
  readonly source: string;
}

export const configCommand = defineCommand({
  name: 'config',
  isWithoutBoard: true,
  summary: 'Show the value of every option and where it comes from',
  details: [
    'Order of precedence: the command line; the environment (`ESP_PORTAL_BAUD` for `--baud`, and so for every option; also `ESPTOOL_PORT` and `ESPTOOL_BAUD`); the file `esp-portal.json` of the project, in this folder or one above it, up to the root of the repository or your home folder; your own file, whose path this command prints.',
    'A file is a JSON object with options by name: `{"essid": "Garden pump", "app": "program"}`. Paths in it are relative to it. Your own file sets every option. A project\'s file comes with a checkout; it sets only what goes onto the board, from its own folder: `' +
      "firmware`, `app`, `app-mpy`, `packages`, `main` and the settings of the portal. Each command names the project's file that it uses.",
  ],
  options: {
    set: { type: 'boolean', default: false, describe: 'Show only options that are set, not the defaults' },
  },
  examples: [
    ['config', 'show all values, with the defaults'],
    ['config --set', 'show only options that are set'],
    ['config --json', 'print JSON, for a script'],
  ],
  async run({ set }, { host, allOptions }) {
    const sources = defaultSources(host);
    const settings = readSettings(allOptions, allOptions, sources);
    await checkSettings(settings, allOptions);
    const values = Object.entries(allOptions).flatMap(([option, spec]): EffectiveValue[] => {
      const setting = settings.find((candidate) => candidate.option === option);
      if (setting) return [{ option, value: spec.secret ? '***' : setting.value, source: setting.source }];
      const value = spec.defaultDescription ?? spec.default ?? '';
      return set ? [] : [{ option, value, source: 'default' }];
    });
    return {
      fields: { values, userFile: sources.userFile },
      lines: [
        ...table(values.map(({ option, value, source }) => [option, String(value), source])),
        `Your own settings file is ${sources.userFile}.`,
      ],
      isListing: true,
    };
  },
});

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
