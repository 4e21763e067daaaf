// What a command line loads before it does anything: V8's coverage lists every module of a process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** What a process of Node.js with these arguments loads. */
function modulesOf(...args: readonly string[]): string[] {
  const coverage = mkdtempSync(join(folder, 'run-'));
  spawnSync(process.execPath, args, { env: { ...process.env, NODE_V8_COVERAGE: coverage } });
  return readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
  });
}

test.each(['--version', '--help'])('%s loads nothing that is heavy', (option) => {
  const modules = modulesOf(BIN, option);
  expect(modules.filter(isHeavy)).toEqual([]);
  expect(modules.some((url) => url.endsWith('dist/cli.js'))).toBe(true);
});

test('--help of no command loads anything that is heavy', () => {
  const commandLine = new URL('../../dist/command-line.js', import.meta.url).href;
  // One process for all: what any of them loads is among its modules.
  const names = JSON.stringify(COMMANDS.map(({ name }) => name));
  const all = `
    const { runCommandLine } = await import('${commandLine}');
    for (const name of ${names}) await runCommandLine([name, '--help'], process);
  `;
  const script = join(folder, 'all.mjs');
  writeFileSync(script, all);
  const modules = modulesOf(script);
  expect(modules.filter(isHeavy)).toEqual([]);
  expect(modules).toContain(commandLine);
});

test.each([[['ports']], [[]], [['flash', '--port', '/dev/no-such-port', '--firmware', 'latest']]])(
  'esp-portal %j loads no spinner where it shows none',
  (args) => {
    const modules = modulesOf(BIN, ...args);
    expect(modules.filter((url) => /node_modules\/(ora|string-width)\//.test(url))).toEqual([]);
    expect(modules.some((url) => url.includes('human-reporter'))).toBe(true);
  },
);

test('a command that does not write the flash loads what drives a board, but neither the loader nor what compresses', () => {
  const modules = modulesOf(BIN, 'install', '--port', '/dev/no-such-port');
  expect(modules.filter((url) => /node_modules\/(esptool-js|pako)\//.test(url))).toEqual([]);
  expect(modules.some(isHeavy)).toBe(true); // the checks above can fail
});
