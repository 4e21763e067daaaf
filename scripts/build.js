// Builds dist/ and build/ with rolldown.config.js, after tsc has checked src/ and written the types of its modules. Does
// nothing where they are what it would make; `--force` makes them again.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBuilt } from './is-built.js';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const MARK = 'build/built';

if (process.argv.includes('--force') || !isBuilt(MARK)) process.exitCode = await buildAnew();

/** @returns {Promise<number>} the exit status */
async function buildAnew() {
  const startedMs = Date.now();
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  for (const folder of ['dist', 'build']) rmSync(folder, { recursive: true, force: true });
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0) return status ?? 1;
  const [{ build }, { default: config }] = await Promise.all([
    import('rolldown'),
    import('../rolldown.config.js'),
  ]);
  await build(config);
  writeFileSync(MARK, `${startedMs}`);
  return 0;
}
