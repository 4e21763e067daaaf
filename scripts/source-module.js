// Modules that the package does not export, for benches, scripts and processes that tests start: Node.js 20 runs no
// TypeScript. Each is bundled with what it imports.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'rolldown';
import { code } from '../rolldown.config.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} path of a module from the root of the repository, such as `src/log/log-parser.ts`
 * @returns {Promise<string>} the path of a file that Node.js can run
 */
export async function bundleModule(path) {
  const file = `${root}build/${path.replaceAll('/', '-').replace(/\.ts$/, '.js')}`;
  const output = { codeSplitting: false };
  const { output: chunks } = await build({ ...code, cwd: root, input: path, output, write: false });
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.${process.pid}`, chunks[0].code);
  renameSync(`${file}.${process.pid}`, file); // whole at once: another test may run it
  return file;
}

/** @param {string} path as bundleModule */
export async function importModule(path) {
  return import(pathToFileURL(await bundleModule(path)).href);
}
