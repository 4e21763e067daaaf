// What the portal costs an ESP8266's heap and the wire; measured by tests, which have the limits.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const TESTS = ['test/device-py/memory.test.ts', 'test/device-py/size.test.ts'];

/** Yields each figure that the tests print. */
export async function* bench() {
  const { stdout, stderr, status } = spawnSync(process.execPath, [vitest, 'run', ...TESTS], {
    encoding: 'utf8',
  });
  const figures = [...stdout.matchAll(/^portal (?:memory|size)(?: .*)?: (?:.*)$/gm)];
  for (const [text] of figures) yield { text, isWithinLimit: true };
  if (figures.length === 0 || status !== 0)
    yield { text: `FAILED  vitest ended with status ${status}:\n${stdout}${stderr}`, isWithinLimit: false };
}
