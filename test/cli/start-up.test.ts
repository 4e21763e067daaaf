// What a command line loads before it does anything: V8's coverage lists every module of a process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'esp-portal-coverage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packages that take long to load, and our own parts that load them. */
const HEAVY = /node_modules\/(?!env-paths|is-safe-filename)|dist\/(device|operations|virtual-board)\//;

function modulesOf(args: readonly string[]): string[] {
  const coverage = mkdtempSync(join(folder, 'run-'));
  spawnSync(process.execPath, [BIN, ...args], { env: { ...process.env, NODE_V8_COVERAGE: coverage } });
  return readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
}

const COMMAND_LINES = [['--version'], ['--help'], ...COMMANDS.map(({ name }) => [name, '--help'])];

test.each(COMMAND_LINES.map((args) => [args.join(' '), args] as const))(
  '%s loads nothing that is heavy',
  (_line, args) => {
    const modules = modulesOf(args);
    expect(modules.filter((url) => HEAVY.test(url))).toEqual([]);
    expect(modules.some((url) => url.endsWith('dist/cli/main.js'))).toBe(true);
  },
);

test.each([[['ports']], [[]], [['flash', '--port', '/dev/no-such-port', '--firmware', 'latest']]])(
  'esp-portal %j loads no spinner where it shows none',
  (args) => {
    const modules = modulesOf(args);
    expect(modules.filter((url) => /node_modules\/(ora|string-width)\//.test(url))).toEqual([]);
    expect(modules.some((url) => url.includes('human-reporter'))).toBe(true);
  },
);

test('a command that needs a board loads what drives it, so that the check above can fail', () => {
  const modules = modulesOf(['install', '--port', '/dev/no-such-port']);
  expect(modules.some((url) => HEAVY.test(url))).toBe(true);
});
