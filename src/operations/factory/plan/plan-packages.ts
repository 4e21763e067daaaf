// Whether a plan in a project names the packages that its program needs.

import { join } from 'node:path';
import { isObject, parseJson } from '../../../input/parse-json.js';
import { FileProblem, readRegularFile } from '../../../input/regular-file.js';
import { utf8Text } from '../../../input/utf8-text.js';
import { planFault } from './field-reader.js';
import type { PlanFile } from './plan-file.js';

const PROJECT_FILE = 'esp-portal.json';
const MAX_PROJECT_BYTES = 64 * 1024;

/**
 * A plan names everything that a board gets; a program that lacks its packages would fail on every board.
 * @throws PortalError `usage` for a plan without "packages" in a project that has some
 */
export async function refuseMissingPackages({ app, packages, folder, name }: PlanFile): Promise<void> {
  if (app === undefined || packages !== undefined) return;
  const list = await packagesOfProject(join(folder, PROJECT_FILE));
  if (list.length === 0) return;
  throw planFault(
    name,
    `"packages" is missing, and ${PROJECT_FILE} has some: write "packages": ${JSON.stringify(list)}, or [] for boards without them`,
  );
}

async function packagesOfProject(file: string): Promise<readonly unknown[]> {
  try {
    const content = parseJson(utf8Text(await readRegularFile(file, { maxBytes: MAX_PROJECT_BYTES })));
    return isObject(content) && Array.isArray(content.packages) ? content.packages : [];
  } catch (error) {
    if (error instanceof FileProblem || error instanceof SyntaxError) return []; // the commands that use it report it
    throw error;
  }
}
