// What people see of a bug in esp-portal itself, and what any failure leaves behind when they ask for it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { builtModule } from '../../scripts/source-module.js';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const RUN = pathToFileURL(builtModule('src/cli/run.ts')).href;

/** Runs a command that fails as only a bug does, in a process of its own. */
function runBroken(json: boolean) {
  const script = `
    const { runCommand } = await import('${RUN}');
    const run = async () => { throw new TypeError('undefined is not a board'); };
    await runCommand({ name: 'flash', run }, { json: ${json}, quiet: false, verbose: false, baud: 9600 }, { settings: [], host: process });`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
}

test('a bug ends with status 1, with where to report it and what to report', () => {
  const { status, stderr } = runBroken(false);
  expect(status).toBe(1);
  expect(stderr).toContain('Error: undefined is not a board');
  expect(stderr).toContain('npm bugs esp-portal');
  expect(stderr).toContain(`Node.js ${process.version}`);
  expect(stderr).toContain('flash --baud 9600');
  expect(stderr).toContain('    at run');
});

test('a bug has the code bug in JSON, with its report', () => {
  const { status, stdout } = runBroken(true);
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    event: 'result',
    ok: false,
    exitCode: 1,
    error: { code: 'bug', report: expect.stringContaining('TypeError: undefined is not a board') },
  });
});

test('--report saves versions and the exchange of any failure; no stack is shown', async () => {
  const report = join(home.folder, 'report.txt');
  const port = 'virtual:report?speed=max&http=0&dns=0';
  home.makeBoard('report', 'micropython');
  const run = await home.call(['install', '--port', `${port}&unplug=3000`, '--report', report]);
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain(`A report for a bug report is in ${report}.`);
  expect(run.stderr).not.toContain('    at ');
  const saved = readFileSync(report, 'utf8');
  expect(saved).toContain(`--report ${report}`);
  expect(saved).toMatch(/^> \S/m);
  expect(saved).toContain('was disconnected');
});

test('a report that cannot be written hides nothing of the failure itself', async () => {
  const report = join(home.folder, 'no-such-folder', 'report.txt');
  const args = ['install', '--port', '/dev/no-such-port', '--report', report];
  const people = await home.call(args);
  expect(people.exitCode).toBe(3);
  expect(people.stderr).toContain('There is no port /dev/no-such-port.');
  expect(people.stderr).toContain(`The report could not be written to ${report}: ENOENT`);
  expect(people.stderr).not.toMatch(/^ {4}at /m);
  const json = await home.call([...args, '--json']);
  expect(json.exitCode).toBe(3);
  expect(json.result().error).toMatchObject({
    code: 'port-not-found',
    reportTrouble: expect.stringContaining(report),
  });
});

test.each([
  ['a file of the user', (path: string) => writeFileSync(path, 'precious'), 'is not a report of esp-portal'],
  ['a folder', (path: string) => mkdirSync(path), 'is not a regular file'],
  ['a device', (path: string) => symlinkSync('/dev/null', path), 'is not a regular file'],
])(
  '%s is not overwritten by a report, which is said before anything happens',
  async (what, make, problem) => {
    const path = join(home.folder, what.replaceAll(' ', '-'));
    make(path);
    const port = 'virtual:report?speed=max&http=0&dns=0&unplug=3000';
    const run = await home.call(['install', '--port', port, '--report', path, '--json']);
    expect(run.json()).toEqual([
      expect.objectContaining({
        exitCode: 2,
        error: expect.objectContaining({
          code: 'usage',
          message: `--report ${path}: this ${problem}, and is not overwritten.`,
        }),
      }),
    ]);
    if (what.startsWith('a file')) expect(readFileSync(path, 'utf8')).toBe('precious');
  },
);

test('an earlier report and an empty file are overwritten', async () => {
  const path = join(home.folder, 'earlier.txt');
  writeFileSync(path, '');
  for (const port of ['/dev/no-such-port', '/dev/nor-this-one']) {
    await home.call(['install', '--port', port, '--report', path]);
    expect(readFileSync(path, 'utf8')).toContain(`There is no port ${port}.`);
  }
});
