// Programs that some tests need and that npm does not bring.

import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Looks for a program on the PATH.
 * @param files that it needs beside it
 * @returns its path, or `undefined` where its tests are to be skipped; under CI a missing one is a failure
 */
export function component(program: string, ...files: string[]): string | undefined {
  const missing = files.find((file) => !existsSync(file));
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      if (!missing) return path;
    } catch {
      // not in this folder
    }
  }
  if (process.env.CI) throw new Error(`${missing ?? program} is missing; .ci/run installs it.`);
  process.stdout.write(`${missing ?? program} is not installed: the tests that need it are skipped.\n`);
  return undefined;
}
