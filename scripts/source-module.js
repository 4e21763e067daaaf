// Modules that the package does not export, for tests, benches and scripts: Node.js 20 runs no TypeScript, so the build
// writes each of them into build/. That folder is as deep as src/: see src/package-file.ts.
import { dirname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} path of a module from the root of the repository, such as `src/log/log-parser.ts`
 * @returns {string} the path of a file that Node.js can run
 */
export function builtModule(path) {
  return ROOT + path.replace(/^src/, 'build').replace(/\.ts$/, '.js');
}

/** @param {string} path as builtModule */
export async function importModule(path) {
  return import(pathToFileURL(builtModule(path)).href);
}

/**
 * A plugin of vitest: what tests import from src/ are these files, and Node.js loads them itself. vitest's loader takes
 * longer, and with it each call of an imported function is a look-up.
 */
export function builtModules() {
  return {
    name: 'built-modules',
    enforce: 'pre',
    resolveId(specifier, importer) {
      if (!(importer && /^\..*\.js$/.test(specifier))) return undefined;
      const path = resolve(dirname(importer), specifier);
      return path.startsWith(`${ROOT}src/`) ? builtModule(path.slice(ROOT.length)) : undefined;
    },
  };
}
