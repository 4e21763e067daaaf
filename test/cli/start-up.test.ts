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

/** Folders of src/ that load packages, or are large. */
const HEAVY = /^\/\/ src\/(?!esp\/reset-language)(esp|firmware|log|micropython|operations|virtual-board)\//m;

/** Of a package that is not bundled, or of a part of dist/ that holds a heavy folder's code. */
function isHeavy(url: string): boolean {
  return url.includes('/node_modules/') || HEAVY.test(readFileSync(fileURLToPath(url), 'utf8'));
}

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
    expect(modules.filter(isHeavy)).toEqual([]);
    expect(modules.some((url) => url.endsWith('dist/cli.js'))).toBe(true);
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

test('a command that does not write the flash loads neither the loader nor what compresses', () => {
  const modules = modulesOf(['install', '--port', '/dev/no-such-port']);
  expect(modules.filter((url) => /node_modules\/(esptool-js|pako)\//.test(url))).toEqual([]);
});

test('a command that needs a board loads what drives it, so that the check above can fail', () => {
  const modules = modulesOf(['install', '--port', '/dev/no-such-port']);
  expect(modules.some(isHeavy)).toBe(true);
});
