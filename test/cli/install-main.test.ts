// What install and uninstall do with a main.py that is the user's own.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
beforeAll(() => home.makeBoard('a', 'micropython'));

const port = board('a');
const boardText = (name: string) => readFileSync(home.boardFile('a', name), 'utf8');
const boardFiles = () => readdirSync(dirname(home.boardFile('a', 'x')));

async function install(...args: string[]) {
  const run = await home.call(['install', '--port', port, '--json', ...args]);
  return { ...run, result: run.result() };
}

describe("a main.py of the user's own", () => {
  const MINE = '# CaptivePortal may come here one day\nprint("mine")';
  const LINES = 'from captive_portal import CaptivePortal\n\nportal = CaptivePortal()\nportal.start()\n';

  test('is kept, and the lines that it needs are printed', async () => {
    writeFileSync(home.boardFile('a', 'main.py'), MINE);
    const run = await home.call(['install', '--port', port]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('    from captive_portal import CaptivePortal\n');
    expect(boardText('main.py')).toBe(MINE);
    expect(boardFiles()).toContain('captive_portal.mpy');
  });

  test('is predicted by --dry-run, with these lines', async () => {
    const mainLines = LINES.trim().split('\n');
    expect((await install()).result).toMatchObject({ state: 'without-portal', filesSent: 0, mainLines });
    expect((await install('--dry-run')).result).toMatchObject({
      state: 'untouched',
      filesSent: 0,
      mainLines,
    });
    const run = await home.call(['install', '--port', port, '--dry-run']);
    expect(run.stdout).toContain('Your own main.py would be kept and does not start the portal.');
    expect(run.stdout).toContain('    portal.start()\n');
    expect((await install('--dry-run', '--main', 'append')).result.mainLines).toBeUndefined();
  });

  test('gets these lines with --main append, once, with a copy', async () => {
    expect((await install('--main', 'append')).result).toMatchObject({
      ok: true,
      state: 'portal',
      kept: { 'main.py': 'main.py.old' },
    });
    expect(boardText('main.py')).toBe(`${MINE}\n\n${LINES}`);
    expect(boardText('main.py.old')).toBe(MINE);
    expect((await install('--main', 'append')).result).toMatchObject({ filesSent: 0, kept: {} });
    expect(boardText('main.py')).toBe(`${MINE}\n\n${LINES}`);
  });

  test('loses them again when the portal is uninstalled', async () => {
    const run = await home.call(['uninstall', '--port', port, '--json']);
    expect(run.result()).toMatchObject({ ok: true, main: 'lines-removed' });
    expect(boardText('main.py')).toBe(`${MINE}\n`);
  });

  test('is replaced with --main replace, with a copy if there was none', async () => {
    expect((await install('--main', 'replace')).result).toMatchObject({
      ok: true,
      state: 'portal',
      kept: { 'main.py': 'main.py.old2' },
    });
    expect(boardText('main.py.old2')).toBe(`${MINE}\n`);
    expect(boardText('main.py')).toContain('__import__("app")');
  });
});
