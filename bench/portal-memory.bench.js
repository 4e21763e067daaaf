// What the portal costs an ESP8266's heap and the wire; measured by tests, which hold the ceilings.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const TESTS = ['test/device-py/memory.test.ts', 'test/device-py/size.test.ts'];

/** Yields a line for each figure. */
export async function* bench() {
  const { stdout } = spawnSync(process.execPath, [vitest, 'run', ...TESTS], { encoding: 'utf8' });
  const figures = [...stdout.matchAll(/^portal (?:memory|size): (.*)$/gm)];
  if (figures.length === 0) throw new Error(`no figures:\n${stdout}`);
  for (const [, figure] of figures) yield figure;
}
