// Values of options that are not on the command line: the environment first, then the project's file, then the user's.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { PortalError } from '../../errors.js';
import { parseJson } from '../../parse-json.js';
import type { OptionSpec, OptionTable } from '../command.js';

/** In the folder where a command runs, or in one above it. */
const PROJECT_FILE = 'esp-portal.json';

/** Variables of esptool that mean the same; ours come first. */
const ESPTOOL_VARIABLES: Readonly<Record<string, string>> = { port: 'ESPTOOL_PORT', baud: 'ESPTOOL_BAUD' };

/** The value of an option, and who said so. */
export interface Setting {
  readonly option: string;
  readonly value: string | boolean;
  /** `$NAME` or the path of a file. */
  readonly source: string;
}

/** Where to look. */
export interface SettingsPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** The user's own file; it need not exist. */
  readonly userFile: string;
}

export function usualPlace(): SettingsPlace {
  const userFile = join(envPaths('esp-portal', { suffix: '' }).config, 'config.json');
  return { env: process.env, folder: process.cwd(), userFile };
}

/**
 * What is set for these options, the strongest source of each.
 * @param known every option of every command: a file may hold settings for commands other than this one
 * @throws PortalError `usage` for a file that is no JSON object, or an option that no command has
 */
export function readSettings(options: OptionTable, known: OptionTable, place: SettingsPlace): Setting[] {
  const found = [
    ...fromEnvironment(options, place.env),
    ...fromFile(projectFile(place.folder), known),
    ...fromFile(place.userFile, known),
  ];
  return found.filter(
    ({ option }, index) =>
      option in options && found.findIndex((earlier) => earlier.option === option) === index,
  );
}

/** The variable that stands for an option: `ESP_PORTAL_AP_IP` for `--ap-ip`. */
export function variableOf(option: string): string {
  return `ESP_PORTAL_${option.replaceAll('-', '_').toUpperCase()}`;
}

function fromEnvironment(options: OptionTable, env: SettingsPlace['env']): Setting[] {
  return Object.keys(options).flatMap((option) =>
    [variableOf(option), ESPTOOL_VARIABLES[option]].flatMap((name) => {
      const text = name === undefined ? undefined : env[name];
      if (!text) return [];
      const value = options[option]?.type === 'boolean' ? isYes(`$${name}`, text) : text;
      return [{ option, value, source: `$${name}` }];
    }),
  );
}

function isYes(source: string, text: string): boolean {
  if (/^(1|true|yes|on)$/i.test(text)) return true;
  if (/^(0|false|no|off)$/i.test(text)) return false;
  throw new PortalError('usage', `${source} is "${text}"; give 1 or 0.`);
}

/** The nearest one, from the folder upwards. */
function projectFile(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, PROJECT_FILE);
    if (read(path) !== undefined || at === dirname(at)) return path;
  }
}

function fromFile(path: string, known: OptionTable): Setting[] {
  const text = read(path);
  if (text === undefined) return [];
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    throw new PortalError('usage', `${path} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new PortalError('usage', `${path} is no JSON object such as {"port": "/dev/ttyUSB0"}.`);
  }
  return Object.entries(content).map(([option, value]) => {
    if (!(option in known)) {
      throw new PortalError('usage', `${path} sets "${option}", but no command has an option --${option}.`);
    }
    const text = checked(value, option, known[option]?.type, path);
    return { option, value: atHome(text, known[option]?.path, dirname(path)), source: path };
  });
}

/** A path in a file means the same from every folder. */
function atHome(value: string | boolean, path: OptionSpec['path'], folder: string): string | boolean {
  if (path === undefined || typeof value !== 'string' || value === '') return value;
  const there = resolve(folder, value);
  return path === true || existsSync(there) ? there : value;
}

/** A switch takes true or false, any other option text or a number, which is as good as text. */
function checked(value: unknown, option: string, type: string | undefined, path: string): string | boolean {
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw new PortalError('usage', `${path}: "${option}" is either true or false, without quotes.`);
  }
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new PortalError('usage', `${path}: the value of "${option}" is no text and no number.`);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new PortalError('usage', `${path} cannot be read (${code}).`, { cause: error });
  }
}
