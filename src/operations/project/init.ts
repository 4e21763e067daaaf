// init: the files of a new project. What exists stays as it is.

import { lstat, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import { makeFolder } from '../../input/make-folder.js';
import app from './app.py';
import { TASKS } from './tasks.js';

const SETTINGS_FILE = 'esp-portal.json';
const SCHEMA_FILE = '.vscode/esp-portal.schema.json';
const PROGRAM_FOLDER = 'program';

export interface NewProject {
  /** Paths from the folder, with slashes. */
  readonly made: readonly string[];
  /** They existed. */
  readonly kept: readonly string[];
}

/**
 * @param folder is made if it is missing
 * @param schema of the settings
 * @throws PortalError `output-failed`
 */
export async function initProject(folder: string, schema: string): Promise<NewProject> {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new PortalError('output-failed', `${folder} cannot be made: ${fileErrorWords(error)}.`, {
      cause: error,
      likelyCause: 'A file has this name, or the folder above it is not yours to write.',
      next: 'Name another folder: esp-portal init DIR',
    });
  }
  const made: string[] = [];
  const kept: string[] = [];
  // A project that has settings names its own program.
  const hasSettings = await isThere(join(folder, SETTINGS_FILE));
  for (const [path, text] of contents(schema)) {
    if (hasSettings && path.startsWith(`${PROGRAM_FOLDER}/`)) continue;
    (await make(folder, path, text)) ? made.push(path) : kept.push(path);
  }
  return { made, kept };
}

function contents(schema: string): readonly (readonly [path: string, text: string])[] {
  const settings = { $schema: `./${SCHEMA_FILE}`, app: PROGRAM_FOLDER, packages: [] };
  return [
    [SETTINGS_FILE, json(settings)],
    [`${PROGRAM_FOLDER}/app.py`, app],
    ['.vscode/tasks.json', json(TASKS)],
    [SCHEMA_FILE, schema],
  ];
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** @returns false when it exists, also as a link */
async function make(folder: string, path: string, text: string): Promise<boolean> {
  const place = join(folder, path);
  try {
    if (!(await hasFolder(folder, dirname(path)))) return false;
    await using file = await open(place, 'wx'); // follows no link
    await file.writeFile(text);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new PortalError('output-failed', `${place} cannot be written: ${fileErrorWords(error)}.`, {
      cause: error,
    });
  }
}

/** A link in a checkout could lead anywhere: what is behind one is not changed. */
async function hasFolder(folder: string, name: string): Promise<boolean> {
  if (name === '.') return true;
  const place = join(folder, name);
  if (!(await isThere(place))) await mkdir(place);
  return (await lstat(place)).isDirectory();
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
