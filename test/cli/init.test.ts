// A new project, as a new user makes it; and what an editor finds in the output of its tasks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { faults, formatted } from '../support/python-checks.js';
import { serveBoard } from '../support/served-board.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

function environment(): NodeJS.ProcessEnv {
  const { ESP_PORTAL_PORT, ESPTOOL_PORT, ...env } = process.env;
  return { ...env, HOME: home.folder, ESP_PORTAL_STATE_DIR: home.folder, NO_COLOR: '1' };
}

const runIn = (folder: string, ...args: string[]) => home.call(args, { HOME: home.folder }, folder);

/** A folder of its own, in which no other project is found. */
function emptyFolder(name: string): string {
  const folder = join(home.folder, name);
  mkdirSync(join(folder, '.git'), { recursive: true });
  return folder;
}

const FILES = ['esp-portal.json', 'program/app.py', '.vscode/tasks.json', '.vscode/esp-portal.schema.json'];

test('a new project is set up on a blank board, and is up to date then', async () => {
  const folder = emptyFolder('new');
  const made = await runIn(folder, 'init', 'pump');
  expect(made.stderr + made.stdout).toContain(`Made ${FILES.join(', ')} in ${join(folder, 'pump')}.`);
  expect(made.stderr + made.stdout).toContain('Next: cd pump && esp-portal setup');
  const project = join(folder, 'pump');
  const setup = await runIn(project, 'setup', '--port', board('pump'), '--until', 'portal.ready', '--json');
  expect(setup.exitCode, setup.stderr + setup.stdout).toBe(0);
  expect(readFileSync(home.boardFile('pump', 'app.py'), 'utf8')).toBe(
    readFileSync(join(project, 'program/app.py'), 'utf8'),
  );
  const install = await runIn(project, 'install', '--port', board('pump'));
  expect(install.stderr + install.stdout).toContain('Nothing to send');
});

test('the program runs on every board and is formatted', () => {
  const app = readFileSync(new URL('../../src/operations/project/app.py', import.meta.url), 'utf8');
  expect(faults(app)).toEqual([]);
  expect(formatted(app)).toBe(app);
});

test('the settings name their schema, which the parser of the settings ignores', async () => {
  const folder = emptyFolder('schema');
  await runIn(folder, 'init');
  const { $schema } = JSON.parse(readFileSync(join(folder, 'esp-portal.json'), 'utf8'));
  expect(JSON.parse(readFileSync(join(folder, $schema), 'utf8'))).toMatchObject({ type: 'object' });
  expect((await runIn(folder, 'config', '--set')).stdout).toContain('program');
});

test.each(['file', 'file/below'])('%s cannot be the folder of a project', async (name) => {
  writeFileSync(join(home.folder, 'file'), '');
  const run = await home.call(['init', join(home.folder, name), '--json']);
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: { code: 'output-failed', message: expect.stringContaining('cannot be made') },
  });
});

describe('nothing is overwritten', () => {
  test('files that exist stay; a project with settings gets no other program', async () => {
    const folder = emptyFolder('existing');
    writeFileSync(join(folder, 'esp-portal.json'), '{"app": "src"}');
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode/tasks.json'), 'mine');
    const run = await runIn(folder, 'init', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      made: ['.vscode/esp-portal.schema.json'],
      kept: ['esp-portal.json', '.vscode/tasks.json'],
    });
    expect(readFileSync(join(folder, '.vscode/tasks.json'), 'utf8')).toBe('mine');
    expect(existsSync(join(folder, 'program'))).toBe(false);
  });

  test('links of a checkout lead to nothing that is written', async () => {
    const folder = emptyFolder('links');
    const elsewhere = join(home.folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(folder, '.vscode'));
    symlinkSync(join(elsewhere, 'app.py'), join(folder, 'program'));
    const run = await runIn(folder, 'init', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, made: ['esp-portal.json'] });
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

interface Pattern {
  readonly regexp: string;
  readonly file?: number;
  readonly line?: number;
  readonly message?: number;
}

/** What an editor finds with a matcher: patterns of several lines match lines that follow each other. */
function problemsIn(output: string, pattern: Pattern | readonly Pattern[]) {
  const patterns = [pattern].flat() as Pattern[];
  const lines = output.split('\n');
  return lines.flatMap((_, start) => {
    const found: Record<string, string | undefined> = {};
    for (const [offset, { regexp, ...groups }] of patterns.entries()) {
      const match = new RegExp(regexp).exec(lines[start + offset] ?? '');
      if (!match) return [];
      for (const [name, group] of Object.entries(groups)) found[name] = match[group];
    }
    return [found];
  });
}

describe('the problem matchers', async () => {
  const folder = emptyFolder('matchers');
  await runIn(folder, 'init');
  const { tasks } = JSON.parse(readFileSync(join(folder, '.vscode/tasks.json'), 'utf8'));
  const [place, traceback] = tasks[0].problemMatcher.map(({ pattern }: { pattern: Pattern }) => pattern);

  test('find the line of a traceback of run', async () => {
    home.makeBoard('traced', 'micropython');
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using served = await serveBoard(board('traced'));
    writeFileSync(join(folder, 'program/app.py'), 'def f():\n    raise ValueError("too hot")\n\nf()\n');
    const args = [BIN, 'run', 'program/app.py', '--port', served.url];
    // Its file is named from the folder of the process.
    const run = spawn(process.execPath, args, {
      ...{ cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    });
    const ended = once(run, 'exit');
    const output = await Promise.all([text(run.stdout), text(run.stderr)]);
    expect(await ended).toEqual([7, null]);
    expect(problemsIn(output.join(''), traceback)).toContainEqual({
      file: 'program/app.py',
      line: '2',
      message: 'ValueError: too hot',
    });
  });

  test('find what cannot be compiled', async () => {
    writeFileSync(join(folder, 'program/app.py'), 'x = 1\ny = = 2\n');
    const run = await runIn(folder, 'install', '--app-mpy', '--port', board('traced'));
    expect(run.exitCode).toBe(2);
    expect(problemsIn(run.stdout + run.stderr, place)).toEqual([
      { file: 'app.py', line: '2', message: 'invalid syntax.' },
    ]);
  });

  test('find the form of compilers', () => {
    expect(problemsIn('12:01:02 Connected\nprogram/sensor.py:12: OSError: 110\n', place)).toEqual([
      { file: 'program/sensor.py', line: '12', message: 'OSError: 110' },
    ]);
    expect(problemsIn('Connected to Home WiFi, address 192.168.1.153\n', place)).toEqual([]);
  });

  test('find in the output of dev what a new user breaks in the new program', {
    timeout: 90_000,
  }, async () => {
    const project = emptyFolder('developed');
    await runIn(project, 'init');
    home.makeBoard('developed', 'portal');
    writeFileSync(home.boardFile('developed', 'wifi.creds'), 'Home WiFi,correct horse\n');
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using served = await serveBoard(board('developed'));
    const dev = spawn(process.execPath, [BIN, 'dev', '--port', served.url], {
      cwd: project,
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void dev.kill('SIGKILL')); // where an assertion fails
    const ended = once(dev, 'exit');
    let output = '';
    let wake = () => {};
    for (const stream of [dev.stdout, dev.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        wake();
      });
    }
    /** @returns what came until then, which is forgotten */
    const until = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(output)) {
        const next = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([next, ended.then(() => Promise.reject(new Error(`dev ended: ${output}`)))]);
      }
      const seen = output;
      output = '';
      return seen;
    };
    const [compiler, traced] = tasks.find(
      ({ label }: { label: string }) => label === 'esp-portal: dev',
    ).problemMatcher;
    await until(/Hello from app\.py[\s\S]*Running for/);
    const app = join(project, 'program/app.py');
    writeFileSync(app, 'x = 1\ny = = 2\n');
    const mistake = await until(new RegExp(compiler.background.endsPattern, 'm'));
    expect(problemsIn(mistake, compiler.pattern)).toEqual([
      { file: expect.stringMatching(/program\/app\.py$/), line: '2', message: 'SyntaxError: invalid syntax' },
    ]);
    writeFileSync(app, 'x = 1\nraise ValueError("too hot")\n');
    const raised = await until(new RegExp(traced.background.endsPattern, 'm'));
    expect(raised).toMatch(new RegExp(traced.background.beginsPattern, 'm'));
    expect(problemsIn(raised, traced.pattern)).toContainEqual({
      file: expect.stringMatching(/program\/app\.py$/),
      line: '2',
      message: 'ValueError: too hot',
    });
    expect(problemsIn(raised, compiler.pattern)).toEqual([]);
    dev.kill('SIGINT');
    await ended;
  });
});
