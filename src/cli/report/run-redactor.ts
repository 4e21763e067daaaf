// Creates the redactor for one run of the command line, from the values of its secret options.

import { basename, dirname } from 'node:path';
import { userHome } from '../../input/user-folder.js';
import { Redactor } from '../../operations/log/secrets.js';
import { ALL_OPTIONS } from '../commands.js';
import type { OptionTable } from '../options/option-table.js';
import { variableOf } from '../options/settings.js';

interface Given {
  /** As parsed. */
  readonly values?: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of a command line that could not be parsed. */
  readonly argv?: readonly string[];
}

/** Masks the secrets of this run, but not its paths. */
export function redactorFor(given: Given): Redactor {
  return new Redactor(secretValues(ALL_OPTIONS, given), plainTexts(ALL_OPTIONS, given));
}

/** The values of secret options, wherever they were given. */
function secretValues(options: OptionTable, { values = {}, env, argv = [] }: Given): string[] {
  const ofOptions = Object.entries(options)
    .filter(([, { secret }]) => secret)
    .flatMap(([name]) => [values[name], env[variableOf(name)], ...argumentsOf(name, argv)])
    .filter((value) => value !== undefined)
    .map(String);
  const texts = [...Object.values(values), ...argv].filter((value) => typeof value === 'string');
  return [...ofOptions, ...texts.flatMap(passwordInAddress)];
}

/**
 * The paths of this run, which its messages name: a folder may be called `my-password`, which is no secret. Only with its
 * option where it is a bare word, since a board may print that word in front of a secret.
 */
function plainTexts(options: OptionTable, { values = {}, env, argv = [] }: Given): string[] {
  const ofOptions = Object.entries(options)
    .filter(([name, { path, secret }]) => !secret && (path !== undefined || name === 'port'))
    .flatMap(([name]) =>
      [values[name], env[variableOf(name)], ...argumentsOf(name, argv)]
        .filter((value) => typeof value === 'string')
        .flatMap((value) => [`--${name} ${value}`, `--${name}: ${basename(value)}/`, ...pathsIn(value)]),
    );
  const places = [env.ESP_PORTAL_STATE_DIR, env.ESP_PORTAL_CACHE_DIR, currentFolder(), userHome()];
  return [...ofOptions, ...places.flatMap(withAbove)].filter(
    (text) => text.length >= SHORTEST_PATH && !text.includes('://'),
  );
}

const SHORTEST_PATH = 4;

/** The value if it is a path, and the option values of a virtual board's address. */
function pathsIn(value: string): string[] {
  const [, query = ''] = value.split('?', 2);
  return [value, ...new URLSearchParams(query).values()].filter((text) => /[\\/.]/.test(text));
}

/** A settings file may be in any of the folders above. */
function withAbove(folder = ''): string[] {
  const above = dirname(folder);
  return above === folder || folder === '' ? [] : [folder, ...withAbove(above)];
}

/** It may have been removed. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

/** Of `http://user:password@host`: an error may name it without the address around it, and decoded. */
function passwordInAddress(text: string): string[] {
  const password = /:\/\/[^\s/?#:@]*:([^\s/?#]*)@/.exec(text)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** What follows `--name`, also where it is written in camel case: yargs refuses that, but the value is as secret. */
function argumentsOf(name: string, argv: readonly string[]): (string | undefined)[] {
  return argv.flatMap((word, index) => {
    const [, option = '', value] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const isIt = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) === name;
    return isIt ? [value ?? argv[index + 1]] : [];
  });
}
