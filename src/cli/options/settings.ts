// Values of options that are not on the command line: the environment first, then the project's file, then the user's.

import { join } from 'node:path';
import { PortalError } from '../../errors.js';
import { userFolder, userHome } from '../../input/user-folder.js';
import type { Host } from '../host.js';
import type { OptionSpec, OptionTable } from './option-table.js';
import {
  type FileSetting,
  findProjectFile,
  howToCorrect,
  readProjectFile,
  readUserFile,
} from './settings-file.js';

/** Variables of esptool with the same meaning; those of esp-portal come first. */
const ESPTOOL_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['port', 'ESPTOOL_PORT'],
  ['baud', 'ESPTOOL_BAUD'],
]);

/** The value of an option and its source. */
export interface Setting extends FileSetting {
  /** `$NAME` or the path of a file. */
  readonly source: string;
  readonly from: 'environment' | 'project' | 'user';
}

/** Where to look. */
export interface SettingsSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly home: string;
  /** The user's own file; it need not exist. */
  readonly userFile: string;
}

export function defaultSources(host: Pick<Host, 'env' | 'cwd'>): SettingsSources {
  const userFile = join(userFolder('config', host.env), 'config.json');
  return { env: host.env, folder: host.cwd(), home: userHome(), userFile };
}

/**
 * What is set for these options, the strongest source of each.
 * @param known every option of every command: a file may have settings for other commands
 * @throws PortalError `usage` for a file that is no JSON object, an option that no command has, one that a project may
 *   not set, or a value that the option does not take
 */
export function readSettings(options: OptionTable, known: OptionTable, sources: SettingsSources): Setting[] {
  const projectFile = findProjectFile(sources.folder, sources.home);
  const found: Setting[] = [
    ...fromEnvironment(options, sources.env),
    ...(projectFile === undefined
      ? []
      : readProjectFile(projectFile, known, sources.userFile).map(
          (setting) => ({ ...setting, source: projectFile, from: 'project' }) as const,
        )),
    ...readUserFile(sources.userFile, known).map(
      (setting) => ({ ...setting, source: sources.userFile, from: 'user' }) as const,
    ),
  ];
  for (const setting of found) checkValue(setting, known[setting.option] ?? options[setting.option]);
  return found.filter(
    ({ option }, index) =>
      Object.hasOwn(options, option) &&
      !options[option]?.isOwn &&
      found.findIndex((earlier) => earlier.option === option) === index,
  );
}

/** Names the project's file that is used, because the user did not name it. */
export function projectNotice(settings: readonly Setting[]): string[] {
  const used = settings.filter(({ from, value }) => from === 'project' && value !== '[]');
  const [first] = used;
  return first
    ? [`Options from ${first.source}: ${used.map(({ option }) => `--${option}`).join(', ')}.`]
    : [];
}

/** The environment variable of an option: `ESP_PORTAL_AP_IP` for `--ap-ip`. */
export function variableOf(option: string): string {
  return `ESP_PORTAL_${option.replaceAll('-', '_').toUpperCase()}`;
}

function fromEnvironment(options: OptionTable, env: SettingsSources['env']): Setting[] {
  const names = Object.keys(options).filter((option) => !options[option]?.isOwn);
  return names.flatMap((option) =>
    [variableOf(option), ESPTOOL_VARIABLES.get(option)].flatMap((name) => {
      const text = name === undefined ? undefined : env[name];
      if (!text) return [];
      const value = options[option]?.type === 'boolean' ? isYes(`$${name}`, text) : text;
      return [{ option, value, source: `$${name}`, from: 'environment' as const }];
    }),
  );
}

function isYes(source: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new PortalError('usage', `${source} is "${text}"; give 1 or 0.`, { next: howToCorrect(source) });
}

/**
 * Checks what takes loading to check.
 * @throws PortalError `usage` that names the source
 */
export async function checkSettings(settings: readonly Setting[], known: OptionTable): Promise<void> {
  for (const { option, value, source } of settings) {
    if (typeof value !== 'string') continue;
    await known[option]?.check?.(value).catch((error: unknown) => {
      throw namingSource(error, source);
    });
  }
}

/** As the parser will, but here with the source of the value in the message. */
function checkValue({ value, option, source }: Setting, spec: OptionSpec | undefined): void {
  if (spec === undefined || typeof value !== 'string') return;
  if (spec.choices && !spec.choices.includes(value)) {
    throw new PortalError(
      'usage',
      `${source}: ${option} cannot be "${value}"; it is one of ${spec.choices.filter(Boolean).join(', ')}.`,
      { next: howToCorrect(source) },
    );
  }
  if (value === '' && !spec.mayBeEmpty)
    throw new PortalError('usage', `${source}: "${option}" is empty.`, { next: howToCorrect(source) });
  try {
    spec.coerce?.(value);
  } catch (error) {
    throw namingSource(error, source);
  }
}

function namingSource(error: unknown, source: string): unknown {
  if (!(error instanceof PortalError)) return error; // a bug
  const next = error.next ?? howToCorrect(source);
  return error.with({ message: `${source}: ${error.message}`, cause: error, next });
}
