// Adds packages to esp-portal.json and removes them from it; everything else in it stays.

import { PortalError } from '../../errors.js';
import { didYouMean, nearest } from '../../input/did-you-mean.js';
import { isObject, type JsonObject, parseJson } from '../../input/parse-json.js';
import { FileProblem, readRegularFile } from '../../input/regular-file.js';
import { writeWholeFile } from '../../input/write-whole-file.js';
import { type PackageName, parsePackageName } from '../../portal/package-name.js';
import type { LockedPackage } from './lock-file.js';
import { lockPackage, type PackagesOptions, unlockPackage } from './packages.js';

const MAX_FILE_BYTES = 64 * 1024;

export interface ProjectPlace {
  /** Path of esp-portal.json, which need not exist. */
  readonly file: string;
  readonly lockFile: string;
}

/** What was added. */
export interface AddedPackage extends LockedPackage {
  /** The settings name the folder of the program. */
  readonly hasApp: boolean;
}

/**
 * Adds a package, in place of another version of it, and locks the newest files.
 * @throws PortalError `package-failed`, `usage`, `output-failed`; nothing has been changed then
 */
export async function addPackage(
  name: PackageName,
  { file, lockFile }: ProjectPlace,
  options: PackagesOptions,
): Promise<AddedPackage> {
  const project = await readProject(file);
  const at = project.packages.findIndex((text) => parsePackageName(text).name === name.name);
  const replaced = project.packages[at];
  const locked = await lockPackage(name, replaced, { ...options, lockFile });
  const packages = project.packages.toSpliced(
    at < 0 ? project.packages.length : at,
    at < 0 ? 0 : 1,
    name.text,
  );
  await writeProject(file, project, packages);
  return { ...locked, hasApp: typeof project.content.app === 'string' };
}

/** @throws PortalError `usage` for a package that is not there; `output-failed` */
export async function removePackage(name: PackageName, { file, lockFile }: ProjectPlace): Promise<void> {
  const project = await readProject(file);
  const found = project.packages.find(
    (text) => text === name.text || parsePackageName(text).name === name.text,
  );
  if (found === undefined) {
    const list = project.packages.join(', ');
    const guess = didYouMean(nearest(name.text, project.packages));
    throw new PortalError(
      'usage',
      `${file} names no package ${name.text}${list === '' ? '' : `, only ${list}`}.${guess}`,
      { next: 'esp-portal remove NAME' },
    );
  }
  await writeProject(
    file,
    project,
    project.packages.filter((text) => text !== found),
  );
  await unlockPackage(found, lockFile);
}

interface Project {
  readonly content: JsonObject;
  readonly packages: readonly string[];
  readonly indent: string;
}

async function readProject(file: string): Promise<Project> {
  let text = '{}';
  try {
    text = (await readRegularFile(file, { maxBytes: MAX_FILE_BYTES })).toString().replace(/^\ufeff/, '');
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    if (!error.isMissing) throw new PortalError('usage', `${file} ${error.message}.`, { cause: error });
  }
  const content = contentOf(file, text);
  const packages = content.packages ?? [];
  if (!Array.isArray(packages) || !packages.every((one) => typeof one === 'string'))
    throw new PortalError('usage', `${file}: "packages" is not a list of texts.`);
  return { content, packages, indent: /^([ \t]+)"/m.exec(text)?.[1] ?? '  ' };
}

function contentOf(file: string, text: string): JsonObject {
  let cause: unknown;
  try {
    const value = parseJson(text);
    if (isObject(value)) return value;
  } catch (error) {
    cause = error;
  }
  throw new PortalError('usage', `${file} is not a JSON object such as {"app": "program"}.`, { cause });
}

async function writeProject(
  file: string,
  { content, indent }: Project,
  packages: readonly string[],
): Promise<void> {
  const text = JSON.stringify({ ...content, packages }, undefined, indent);
  await writeWholeFile(file, [Buffer.from(`${text}\n`)]);
}
