// What the portal costs an ESP8266's heap and the wire; measured by tests, which have the limits.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { figure } from './figure.js';

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
const TESTS = ['test/device-py/memory.test.ts', 'test/device-py/size.test.ts'];

/** A MicroPython for this computer, built for 32 bits: its objects are as large as a board's. */
const MICROPYTHON_32 = process.env.MICROPYTHON_32 ?? 'micropython';
const PROGRAM = fileURLToPath(new URL('portal-memory.py', import.meta.url));
const SHIMS = fileURLToPath(new URL('../test/device-py/fakes/', import.meta.url));
const PORTAL = new URL('../dist/portal.json', import.meta.url);
/** An ESP8266 has 38 KB, of which a user's program wants its share. */
const LIMIT_BYTES = { waiting: 12 * 1024, peak: 16 * 1024 };

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
  const folder = mkdtempSync(join(tmpdir(), 'portal-memory-'));
  const { mpy6 } = JSON.parse(readFileSync(PORTAL, 'utf8'));
  for (const { path, base64 } of mpy6) writeFileSync(join(folder, path), Buffer.from(base64, 'base64'));
  const { stdout, stderr, status } = run(PROGRAM, folder, SHIMS);
  rmSync(folder, { recursive: true });
  if (status !== 0) throw new Error(`${MICROPYTHON_32} ended with status ${status}: ${stdout}${stderr}`);
  for (const [, what, bytes] of stdout.matchAll(/^(\w+) (\d+)$/gm))
    yield figure(`portal memory, native 32 bit, ${what}`, Number(bytes), 'bytes', {
      atMost: LIMIT_BYTES[what],
    });
}
