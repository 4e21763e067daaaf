// Whether dist/ and build/ are what a build would make now: check, packing and tests each ask for a build, and one is
// enough.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** All that a build reads, and what npm installs for it. */
const INPUTS = ['src', 'device-py', 'scripts', 'rolldown.config.js', 'package.json', 'package-lock.json'];
const CONFIGURATION = /^tsconfig.*\.json$/;

/**
 * @param {string} mark a file that was written when the last build had ended, with the time when it had begun (ms): what
 *   was changed meanwhile may not be in it
 * @returns {boolean} false also when a file of dist/ or build/ was changed or removed since
 */
export function isBuilt(mark) {
  if (!existsSync(mark) || !existsSync('dist')) return false;
  const builtMs = statSync(mark).mtimeMs;
  const startedMs = Number(readFileSync(mark, 'utf8'));
  const inputs = [...INPUTS, ...readdirSync('.').filter((name) => CONFIGURATION.test(name))];
  return (
    inputs.every((path) => newestMs(path) <= startedMs) &&
    ['dist', 'build'].every((path) => newestMs(path) <= builtMs)
  );
}

/** Of a folder the newest of all in it; a file that was removed makes its folder newer. */
function newestMs(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
