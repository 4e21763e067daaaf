// What the portal costs an ESP8266's heap and the wire; measured by tests, which have the limits.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure } from './figure.js';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const TESTS = ['test/device-py/memory.test.ts', 'test/device-py/size.test.ts'];

/** A MicroPython for this computer, built for 32 bits: its objects are as large as a board's. */
const MICROPYTHON_32 = process.env.MICROPYTHON_32 ?? 'micropython';
const PROGRAM = fileURLToPath(new URL('portal-memory.py', import.meta.url));
const FOLDERS = ['../device-py/', '../test/device-py/fakes/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** Yields each figure that the tests print. */
export async function* bench() {
  const { stdout, stderr, status } = spawnSync(process.execPath, [vitest, 'run', ...TESTS], {
    encoding: 'utf8',
  });
  const figures = [...stdout.matchAll(/^portal (?:memory|size)(?: .*)?: (?:.*)$/gm)];
  for (const [text] of figures) yield { text, isWithinLimit: true };
  if (figures.length === 0 || status !== 0)
    yield { text: `FAILED  vitest ended with status ${status}:\n${stdout}${stderr}`, isWithinLimit: false };
  yield* native();
}

/** The figures of a native interpreter, where there is one. */
function* native() {
  const run = (...args) => spawnSync(MICROPYTHON_32, args, { encoding: 'utf8' });
  if (run('-c', 'import sys; print(sys.maxsize)').stdout?.trim() !== String(2 ** 31 - 1)) {
    yield { text: 'no native 32-bit MicroPython; MICROPYTHON_32 names one', isWithinLimit: true };
    return;
  }
  const { stdout, stderr, status } = run(PROGRAM, ...FOLDERS);
  if (status !== 0) throw new Error(`${MICROPYTHON_32} ended with status ${status}: ${stderr}`);
  for (const [, what, bytes] of stdout.matchAll(/^(\w+) (\d+)$/gm))
    yield figure(`portal memory, native 32 bit, ${what}`, Number(bytes), 'bytes');
}
