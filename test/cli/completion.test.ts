// The completion scripts in the shells they are for, which ask the real program.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMPLETION_SCRIPTS } from '../../src/cli/options/completion/scripts.js';
import { CliHome } from '../support/cli.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'esp-portal-shell-'));
const home = new CliHome();
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  home[Symbol.dispose]();
});

beforeAll(async () => {
  symlinkSync(BIN, join(folder, 'esp-portal'));
  for (const shell of Object.keys(COMPLETION_SCRIPTS)) {
    const { stdout } = await home.call(['completion', shell]);
    writeFileSync(join(folder, shell), stdout);
  }
});

function inShell(shell: string, script: string): string[] {
  const output = execFileSync(shell, [...(shell === 'zsh' ? ['-f'] : []), '-c', script], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}`, HOME: folder },
    encoding: 'utf8',
  });
  return output.trim().split(/\s+/);
}

test('bash offers events', () => {
  const line = 'COMP_WORDS=(esp-portal monitor --until dns.) COMP_CWORD=3';
  const offered = inShell('bash', `. ./bash; ${line}; _esp_portal; printf '%s\\n' "\${COMPREPLY[@]}"`);
  expect(offered).toEqual(expect.arrayContaining(['dns.listening', 'dns.query']));
  expect(offered.every((word) => word.startsWith('dns.'))).toBe(true);
});

test('zsh offers events', () => {
  // Outside an interactive line there is no completion to add to: what would be added is printed.
  const stubs = 'compdef() { :; }; compadd() { shift; print -l -- "$@"; }';
  const line = 'words=(esp-portal monitor --until dns.); CURRENT=4';
  const offered = inShell('zsh', `${stubs}; . ./zsh; ${line}; _esp_portal`);
  expect(offered).toEqual(expect.arrayContaining(['dns.listening', 'dns.query']));
});

test('fish offers events', () => {
  const offered = inShell('fish', `source ./fish; complete -C 'esp-portal monitor --until dns.'`);
  expect(offered).toEqual(expect.arrayContaining(['dns.listening', 'dns.query']));
});
