// What people do on a terminal: Ctrl-C at any moment, windows that change their size or are closed. The real program
// runs in a pseudo-terminal. Most boards are served by this process, which is cheaper than a process for each, and stay
// powered: their own web server shows how the program left them.

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';
import { seededRandom } from '../support/random.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
const firmware = join(home.folder, 'firmware.bin');
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  writeFileSync(firmware, ownFirmware().bytes);
});
afterAll(() => home[Symbol.dispose]());

/** A board in a process of its own, which has power as long as the command runs. */
const port = (name: string, speed = 'max') => ['--port', `virtual:${name}?speed=${speed}&http=0&dns=0`];

/** Sets a board up with the portal. */
function makeBoard(name: string): void {
  home.makeBoard(name, 'portal');
}

/** A board with the portal that has power until it is disposed. */
async function poweredBoard(name: string, speed = 'real') {
  makeBoard(name);
  return servedBoard(name, speed);
}

/** A board as its files are, that has power until it is disposed. */
async function servedBoard(name: string, speed: string) {
  const served = await serveBoard(`virtual:${name}?speed=${speed}&http=0&dns=0`);
  return {
    args: ['--port', served.url],
    /** No other run touches the board: its own web server is asked. */
    async expectPortal() {
      const get = async () => expect((await fetch(served.webUrl ?? '')).status).toBe(200);
      await vi.waitFor(get, { timeout: 60_000, interval: 200 });
      expect(existsSync(home.boardFile(name, 'portal.new'))).toBe(false);
    },
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

/** A board that was left without power: it starts, and the portal opens. */
async function expectStart(name: string): Promise<void> {
  const run = await home.call(['monitor', '--until', 'portal.ready', '--timeout', '60', ...port(name)]);
  expect(run.exitCode).toBe(0);
}

/** Files of a board, with their contents. */
function filesOf(name: string): Record<string, string> {
  const paths = readdirSync(home.boardFile(name, '.')).sort();
  return Object.fromEntries(paths.map((path) => [path, readFileSync(home.boardFile(name, path), 'latin1')]));
}

type Interrupt = (run: TerminalRun) => void;
const ctrlC: Interrupt = (run) => run.type('\x03');
const closed: Interrupt = (run) => run.hangUp();
const sigint: Interrupt = (run) => run.signal('SIGINT');
const sigterm: Interrupt = (run) => run.signal('SIGTERM');
const sighup: Interrupt = (run) => run.signal('SIGHUP');
const throughNpx: Interrupt = (run) => {
  run.type('\x03');
  run.signal('SIGINT');
};

const BY_CTRL_C = 'was interrupted by Ctrl-C (SIGINT).';
const INSTALL = ['install', '--essid', 'Lamp'];
const UPLOAD = /Upload the portal/;

/** That it ended with status 130 and said why, on the terminal and in its report. */
async function expectInterrupted(run: TerminalRun, words: string, report: string): Promise<void> {
  expect(await run.end()).toBe(130);
  expect((await run.screen()).join('\n')).toContain(`Error: ${words}`);
  expect(readFileSync(report, 'utf8')).toMatch(/interrupted/i);
  expect(run.received).not.toContain('\x1b[?25l'); // a hidden cursor would have to be restored
}

describe.skipIf(!python)('on a terminal', { timeout: 120_000 }, () => {
  describe.concurrent('a board that stays powered runs the portal after', () => {
    // All signals and all commands, not each with each: they meet in one AbortSignal.
    test.each([
      [
        'install, ended by SIGTERM while it uploads',
        'a',
        INSTALL,
        UPLOAD,
        sigterm,
        'was interrupted by SIGTERM.',
      ],
      [
        'reset-creds, ended by SIGHUP',
        'b',
        ['reset-creds'],
        /Restart the board|Start the portal/,
        sighup,
        'was interrupted by SIGHUP (its terminal was closed).',
      ],
      [
        'install, ended by one Ctrl-C that comes as two signals, as through npx',
        'c',
        INSTALL,
        UPLOAD,
        throughNpx,
        BY_CTRL_C,
      ],
    ] as const)('%s', async (_what, name, command, moment, interrupt, words) => {
      await using board = await poweredBoard(name);
      const report = join(home.folder, `${name}.report`);
      const run = new TerminalRun(home, [...command, '--report', report, ...board.args]);
      await run.sent(moment);
      interrupt(run);
      await expectInterrupted(run, `${command[0]} ${words}`, report);
      await board.expectPortal();
    });

    test('install, whose terminal is closed', async () => {
      await using board = await poweredBoard('closed');
      const run = new TerminalRun(home, [...INSTALL, ...board.args]);
      await run.sent(UPLOAD);
      run.hangUp();
      expect(await run.end()).toBe(130);
      await board.expectPortal();
    });
  });

  describe.concurrent('Ctrl-C ends', () => {
    test('install while the portal starts, with a board that runs', async () => {
      makeBoard('starts');
      // However late the key comes, the portal has not started yet.
      const slow = "import time\nif 'Lamp' in open('portal_config.py').read():\n    time.sleep(30)\n";
      writeFileSync(home.boardFile('starts', 'boot.py'), slow);
      const report = join(home.folder, 'starts.report');
      {
        await using board = await servedBoard('starts', 'real');
        const run = new TerminalRun(home, [...INSTALL, '--report', report, ...board.args]);
        await run.sent(/Start the portal/);
        run.type('\x03');
        await expectInterrupted(run, `install ${BY_CTRL_C}`, report);
      }
      rmSync(home.boardFile('starts', 'boot.py'));
      await expectStart('starts');
    });

    test('setup while it follows the log: until something with status 130, else with status 0', async () => {
      await using board = await poweredBoard('setup', 'max');
      const setup = async (...args: string[]) => {
        const run = new TerminalRun(home, ['setup', '--firmware', firmware, ...args, ...board.args]);
        await run.sent(/Ctrl-\]/);
        run.type('\x03');
        return run;
      };
      const report = join(home.folder, 'setup.report');
      const waiting = await setup('--until', 'crash', '--report', report);
      await expectInterrupted(waiting, 'Interrupted by Ctrl-C.', report);
      await board.expectPortal();
      // monitor-terminal.test.ts has the same of monitor.
      expect(await (await setup()).end()).toBe(0);
      await board.expectPortal();
    });

    test('uninstall, and install goes on from there', async () => {
      const report = join(home.folder, 'uninstall.report');
      {
        // A real board removes the files in 0.2 s, in which a busy computer may not get to the key.
        await using board = await poweredBoard('uninstall', 'slow');
        await board.expectPortal();
        const run = new TerminalRun(home, ['uninstall', '--report', report, ...board.args]);
        await run.sent(/Remove the portal/);
        run.type('\x03');
        await expectInterrupted(run, `uninstall ${BY_CTRL_C}`, report);
      }
      const install = await home.call(['install', '--json', ...port('uninstall')]);
      expect(install.result()).toMatchObject({ ok: true, state: 'portal' });
    });

    test('flash, and the same command finishes it', async () => {
      {
        await using board = await poweredBoard('flash');
        const run = new TerminalRun(home, ['flash', '--erase', '--firmware', firmware, ...board.args]);
        await run.sent(/Write the firmware {2}\d/);
        run.type('\x03');
        expect(await run.end()).toBe(130);
        expect((await run.screen()).join('\n')).toContain(`Error: flash ${BY_CTRL_C}`);
      }
      expect((await home.call(['flash', '--erase', ...port('flash')])).exitCode).toBe(0);
    });
  });

  test.each([
    ['SIGINT', 'config'],
    ['SIGTERM', 'wifi'], // that has had a board
    ['SIGHUP', 'config'],
  ] as const)('%s after the result does not change the status', async (signal, name) => {
    await using board = name === 'wifi' ? await poweredBoard('late', 'max') : undefined;
    const command = board ? ['wifi', 'list', ...board.args] : [name];
    // Node.js takes some time to end; here it says so, and takes a second.
    const aSecond = 'Atomics.wait(new%20Int32Array(new%20SharedArrayBuffer(4)),0,0,1000)';
    const slowEnd = `process.once('exit',()=>{process.stdout.write('ending');${aSecond}})`;
    vi.stubEnv('NODE_OPTIONS', `--import data:text/javascript,${slowEnd}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const run = new TerminalRun(home, [...command, '--json']);
    await run.sent(/"event":"result".*ending/s);
    run.signal(signal);
    expect(await run.end()).toBe(0);
  });

  /** That its last line is a result with its exit status. */
  async function expectResult(run: TerminalRun): Promise<void> {
    const status = await run.end();
    expect([0, 130], run.received).toContain(status);
    const lines = run.received.split(/\r?\n/).map((line) => line.replace('^C', '')); // the terminal's echo
    const last = lines.findLast((line) => line !== '') ?? '';
    expect(JSON.parse(last), run.received).toMatchObject({ event: 'result', exitCode: status });
  }

  describe.concurrent('whatever interrupts it, at a random moment, there is a result and a terminal as before:', () => {
    test.each([
      ['setup', ['setup', '--erase'], sigterm],
      ['monitor', ['monitor', '--reset'], sighup],
      ['simulate', ['simulate', '--listen', '127.0.0.1:0'], ctrlC],
    ] as const)('%s', { timeout: 240_000 }, async (name, command, interrupt) => {
      const random = seededRandom(name.length);
      makeBoard(`any-${name}`);
      const before = filesOf(`any-${name}`);
      const run = new TerminalRun(home, [...command, '--json', ...port(`any-${name}`, 'real')]);
      await run.outputs(1 + random(name === 'simulate' ? 2 : 12));
      interrupt(run);
      await expectResult(run);
      if (name === 'setup') {
        // What was begun can be finished, whatever state it is in.
        const again = await home.call([...command, '--until', 'portal.ready', ...port(`any-${name}`)]);
        expect(again.exitCode).toBe(0);
      } else {
        expect(filesOf(`any-${name}`)).toEqual(before);
      }
    });
  });

  describe.concurrent('whatever interrupts it, the portal of a board that stays powered is open afterwards:', () => {
    test.each([
      ['install', (round: number) => ['install', '--essid', `Lamp ${round}`], [ctrlC, sighup, closed]],
      ['reset-creds', () => ['reset-creds'], [sigint, sigterm]],
    ] as const)('%s', { timeout: 240_000 }, async (name, command, interrupts) => {
      const random = seededRandom(name.length);
      await using board = await poweredBoard(`served-${name}`);
      for (const [round, interrupt] of interrupts.entries()) {
        const run = new TerminalRun(home, [...command(round), ...board.args]);
        await run.outputs(1 + random(40));
        interrupt(run);
        expect([0, 130]).toContain(await run.end());
        expect(run.received).not.toContain('\x1b[?25l');
        await board.expectPortal();
      }
    });
  });

  test.each([0, 12])('help on a terminal of %i columns is not wrapped by esp-portal', async (columns) => {
    const run = new TerminalRun(home, ['flash', '--help'], { columns, rows: 24 });
    expect(await run.end()).toBe(0);
    expect(run.received).toContain('Write MicroPython to the board, verify it, and check that it starts');
  });

  describe('a window', () => {
    let board: Awaited<ReturnType<typeof poweredBoard>>;
    beforeAll(async () => {
      board = await poweredBoard('window');
    });
    afterAll(() => board[Symbol.asyncDispose]());

    test('of 0 columns gets plain lines, and no flood', async () => {
      const run = new TerminalRun(home, ['install', '--essid', 'Zero', ...board.args], {
        columns: 0,
        rows: 0,
      });
      expect(await run.end()).toBe(0);
      expect(run.received.length).toBeLessThan(20_000);
      expect(run.received).toContain('Upload the portal');
    });

    test.each([
      ['narrower', 40],
      ['as narrow as can be', 12],
      ['0 columns wide', 0],
    ])('that becomes %s keeps no remains of a line', async (_how, columns) => {
      const run = new TerminalRun(home, ['install', '--essid', `Lamp ${columns}`, ...board.args], {
        columns: 100,
        rows: 40,
      });
      await run.sent(/Upload the portal {2}\d+ %/);
      run.resize({ columns, rows: 40 });
      expect(await run.end()).toBe(0);
      run.resize({ columns: 100, rows: 40 });
      const screen = await run.screen();
      expect(screen.filter((line) => line.includes('Upload the portal'))).toHaveLength(1);
      expect(screen.filter((line) => /^[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/.test(line))).toEqual([]);
      expect(run.received.length).toBeLessThan(500_000);
    });
  });
});

describe('an output that takes nothing', () => {
  let board: Awaited<ReturnType<typeof poweredBoard>>;
  beforeAll(async () => {
    board = await poweredBoard('unread', 'max');
  });
  afterAll(() => board[Symbol.asyncDispose]());

  /** Runs a command whose stdout is closed at once. */
  async function unread(args: readonly string[]): Promise<{ exitCode: number | null; stderr: string }> {
    const child = spawn(process.execPath, [BIN, ...args], {
      env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stderr })));
  }

  test.each([
    ['People', []],
    ['Scripts', ['--json']],
  ])('a closed stdout does not stop an install for %s', async (essid, extra) => {
    const run = await unread(['install', '--essid', essid, ...extra, ...board.args]);
    expect(run.exitCode).toBe(0);
    expect(readFileSync(home.boardFile('unread', 'portal_config.py'), 'utf8')).toContain(essid);
  });

  test.each([
    ['a completion', ['__complete', 'fl'], 0],
    ['help', ['flash', '--help'], 0],
    ['a usage error', ['nope', '--json'], 2],
  ])('a closed stdout leaves %s its status, without a stack trace', async (_what, args, exitCode) => {
    const run = await unread(args);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).not.toContain('    at ');
  });

  test('a closed stdout does not hide a failure', async () => {
    const run = await unread(['install', '--json', '--port', '/no/such/port']);
    expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/no/such/port') });
  });

  test('a closed stdout ends a monitor that waits for nothing else, with status 0', async () => {
    expect(await unread(['monitor', '--reset', ...board.args])).toMatchObject({ exitCode: 0 });
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk behind stderr does not stop a command', async () => {
    const full = openSync('/dev/full', 'w');
    const status = (args: readonly string[]) => {
      const child = spawn(process.execPath, [BIN, ...args], {
        env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
        stdio: ['ignore', 'ignore', full],
      });
      return new Promise((resolve) => child.on('close', resolve));
    };
    expect(await status(['install', '--essid', 'Full', ...board.args])).toBe(0);
    expect(await status(['nope'])).toBe(2);
    closeSync(full);
  });
});
