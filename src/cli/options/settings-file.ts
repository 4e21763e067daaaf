// Settings files: the search for a project's file, the options that it may set, and how values are read.

import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords, isMissing } from '../../input/file-error.js';
import { isObject, parseJson } from '../../input/parse-json.js';
import { FileProblem, readRegularFileSync } from '../../input/regular-file.js';
import { utf8Text } from '../../input/utf8-text.js';
import type { OptionSpec, OptionTable } from './option-table.js';

/** In the folder where a command runs, or above it in the same project. */
export const PROJECT_FILE = 'esp-portal.json';

/** Names the schema of the file. */
export const SCHEMA_KEY = '$schema';

const MAX_FILE_BYTES = 64 * 1024;

/** An option as a file sets it. */
export interface FileSetting {
  readonly option: string;
  readonly value: string | boolean;
}

/**
 * The nearest project file, from the folder upwards. The root of a repository ends the search, and so does the home
 * folder: what lies there, or above it, is in no project.
 */
export function findProjectFile(folder: string, home: string): string | undefined {
  const end = realPath(home);
  for (let at = folder; ; at = dirname(at)) {
    const isHome = realPath(at) === end;
    if (isHome && at !== folder) return undefined;
    const path = join(at, PROJECT_FILE);
    if (isThere(path)) return path;
    if (isHome || at === dirname(at) || existsSync(join(at, '.git'))) return undefined;
  }
}

/**
 * A project's file may come from a repository of another author: it sets only what goes onto the board, from its own folder.
 * @param elsewhere where the user's own settings go, for the message
 * @throws PortalError `usage`
 */
export function readProjectFile(path: string, known: OptionTable, elsewhere: string): FileSetting[] {
  return entriesOf(path, known).map(({ option, spec, value }) => {
    if (!spec.fromProject) {
      throw new PortalError(
        'usage',
        `${path} sets "${option}". A project's file sets only what goes onto the board: ${projectOptions(known).join(', ')}.`,
        {
          next: `Remove "${option}" from that file. Give --${option} on the command line, or set it in ${elsewhere}.`,
        },
      );
    }
    return { option, value: inProject(value, { option, spec, path }) };
  });
}

/** @throws PortalError `usage` for a file that is no JSON object, or an option that no command has */
export function readUserFile(path: string, known: OptionTable): FileSetting[] {
  return entriesOf(path, known).map(({ option, spec, value }) => ({
    option,
    value: absolute(value, spec.path, dirname(path)),
  }));
}

/** The options that a project's file may set. */
export function projectOptions(known: OptionTable): string[] {
  return Object.keys(known).filter((option) => known[option]?.fromProject);
}

interface Entry {
  readonly option: string;
  readonly spec: OptionSpec;
  readonly value: string | boolean;
}

function entriesOf(path: string, known: OptionTable): Entry[] {
  const text = read(path);
  if (text === undefined) return [];
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    throw wrongFile(path, `${path} is not JSON: ${(error as Error).message}.`, error);
  }
  if (!isObject(content)) {
    throw wrongFile(path, `${path} is not a JSON object such as {"essid": "Lamp"}.`);
  }
  return Object.entries(content).flatMap(([option, value]) => {
    if (option === SCHEMA_KEY && typeof value === 'string') return []; // for editors
    const spec = Object.hasOwn(known, option) ? known[option] : undefined;
    if (!spec) {
      throw wrongFile(path, `${path} sets "${option}", but no command has an option --${option}.`);
    }
    return { option, spec, value: checkType(value, { option, spec, path }) };
  });
}

interface Place {
  readonly option: string;
  readonly spec: OptionSpec;
  /** Of the file. */
  readonly path: string;
}

/** A switch takes true or false, any other option text or a number, which is as good as text. */
function checkType(value: unknown, { option, spec, path }: Place): string | boolean {
  if (spec.type === 'boolean') {
    if (typeof value === 'boolean') return value;
    throw wrongFile(path, `${path}: "${option}" takes true or false, without quotes.`);
  }
  if (spec.isList && Array.isArray(value)) return JSON.stringify(value);
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw wrongFile(path, `${path}: "${option}" takes a text or a number.`);
}

/** A path in a file means the same from every folder. */
function absolute(value: string | boolean, path: OptionSpec['path'], folder: string): string | boolean {
  if (path === undefined || typeof value !== 'string' || value === '') return value;
  const there = resolve(folder, value);
  return path === true || existsSync(there) ? there : value;
}

/** What a path leads to, through links, must lie in the project; a download must come by HTTPS. */
function inProject(value: string | boolean, { option, spec, path }: Place): string | boolean {
  if (spec.path === undefined || typeof value !== 'string' || value === '') return value;
  if (/^[a-z][a-z\d+.-]+:/i.test(value) && spec.path === 'if-there') {
    if (value.startsWith('https://')) return value;
    throw wrongFile(
      path,
      `${path}: "${option}" in a project's file is a file, a version or an https:// address.`,
    );
  }
  const there = absolute(value, spec.path, dirname(path));
  if (there === value && spec.path === 'if-there' && !/[\\/]/.test(value)) return value; // no file of this name
  const way = relative(realPath(dirname(path)), realPath(resolve(dirname(path), value)));
  if (way === '..' || /^\.\.[\\/]/.test(way) || isAbsolute(way)) {
    throw new PortalError('usage', `${path}: "${option}" is outside the project's folder.`, {
      next: `Move it into the folder of that file, or give --${option} on the command line.`,
    });
  }
  return there;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path); // missing, which the command reports
  }
}

/** A link counts even if its target is missing: a settings file that cannot be read is an error. */
function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    if (!isThere(path)) return undefined;
    return utf8Text(readRegularFileSync(path, { maxBytes: MAX_FILE_BYTES }));
  } catch (error) {
    const { message } = error as Error;
    const problem = error instanceof FileProblem ? message : `cannot be read: ${fileErrorWords(error)}`;
    throw wrongFile(path, `The settings file ${path} ${problem}.`, error);
  }
}

function wrongFile(path: string, message: string, cause?: unknown): PortalError {
  return new PortalError('usage', message, { cause, next: howToCorrect(path) });
}

/**
 * The next step for a value that is not on the command line, whose help would not say where it is.
 * @param source `$NAME` or the path of a file
 */
export function howToCorrect(source: string): string {
  const other = source.startsWith('$') ? `unset ${source.slice(1)}` : 'move it elsewhere';
  return `Correct ${source} or ${other}, and run the same command again.`;
}
