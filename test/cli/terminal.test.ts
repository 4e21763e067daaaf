// What people do on a terminal: Ctrl-C at any moment, windows that change their size or are closed. The real program
// runs in a pseudo-terminal; the board is looked at afterwards by another run.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { seededRandom } from '../support/random.js';
import { python, TerminalRun } from '../support/terminal.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const port = (name: string, speed = 'max') => ['--port', `virtual:${name}?speed=${speed}&http=0&dns=0`];

/** Sets a board up with the portal. */
function makeBoard(name: string): void {
  home.makeBoard(name, 'portal');
}

/** A board on which MicroPython runs, as another run of the program finds it. */
async function expectAlive(name: string): Promise<void> {
  const run = await home.call(['install', '--json', ...port(name)]);
  expect(run.result()).toMatchObject({ ok: true, state: 'portal' });
}

describe.skipIf(!python)('on a terminal', { timeout: 120_000 }, () => {
  describe.concurrent('Ctrl-C ends', () => {
    test.each([
      ['install while it uploads', 'a', 'real', ['install', '--essid', 'Lamp'], /Upload the portal/],
      ['install while the portal starts', 'b', 'real', ['install', '--essid', 'Lamp'], /Start the portal/],
      ['reset-creds', 'c', 'real', ['reset-creds'], /Restart the board|Start the portal/],
      // A real board removes the files in 0.2 s, in which a busy computer may not get to the key.
      ['uninstall', 'd', 'slow', ['uninstall'], /Remove the portal/],
      [
        'setup while it follows the log until something',
        'e',
        'real',
        ['setup', '--until', 'crash'],
        /Ctrl-\]/,
      ],
    ])('%s, with a board that runs', async (_when, name, speed, command, moment) => {
      makeBoard(name);
      // However late the key comes, the portal has not started yet.
      if (moment.test('Start the portal'))
        writeFileSync(home.boardFile(name, 'boot.py'), 'import time\ntime.sleep(30)\n');
      const report = join(home.folder, `${name}.report`);
      const run = new TerminalRun(home, [...command, '--report', report, ...port(name, speed)]);
      await run.sent(moment);
      run.type('\x03');
      expect(await run.end()).toBe(130);
      expect((await run.screen()).join('\n')).toMatch(/Error: .*nterrupted by Ctrl-C( \(SIGINT\))?\./);
      expect(readFileSync(report, 'utf8')).toMatch(/interrupted/i);
      expect(run.received).not.toContain('\x1b[?25l'); // a hidden cursor would have to be restored
      rmSync(home.boardFile(name, 'boot.py'), { force: true });
      await expectAlive(name);
    });

    test.each([
      ['monitor', 'f', ['monitor'], /Ctrl-\]/],
      ['setup', 'g', ['setup'], /Ctrl-\]/],
    ])('%s, which has no other end, with status 0', async (_command, name, command, moment) => {
      makeBoard(name);
      const run = new TerminalRun(home, [...command, ...port(name, 'real')]);
      await run.sent(moment);
      run.type('\x03');
      expect(await run.end()).toBe(0);
      await expectAlive(name);
    });

    test('flash, and the same command finishes it', async () => {
      makeBoard('flash');
      const run = new TerminalRun(home, ['flash', '--erase', ...port('flash', 'real')]);
      await run.sent(/Write the firmware {2}\d/);
      run.type('\x03');
      expect(await run.end()).toBe(130);
      expect((await run.screen()).join('\n')).toContain('Error: flash was interrupted by Ctrl-C (SIGINT).');
      expect((await home.call(['flash', '--erase', ...port('flash')])).exitCode).toBe(0);
    });
  });

  test.each([
    ['SIGTERM', 'was interrupted by SIGTERM.'],
    ['SIGINT', 'was interrupted by Ctrl-C (SIGINT).'],
    ['SIGHUP', 'was interrupted by SIGHUP (its terminal was closed).'],
  ] as const)('%s is named for what it is', async (signal, words) => {
    const name = `signal-${signal}`;
    makeBoard(name);
    const run = new TerminalRun(home, ['install', '--essid', 'Lamp', ...port(name, 'real')]);
    await run.sent(/Upload the portal/);
    run.signal(signal);
    expect(await run.end()).toBe(130);
    expect((await run.screen()).join('\n')).toContain(words);
    await expectAlive(name);
  });

  test('a terminal that is closed leaves a board that runs', async () => {
    makeBoard('closed');
    const run = new TerminalRun(home, ['install', '--essid', 'Lamp', ...port('closed', 'real')]);
    await run.sent(/Upload the portal/);
    run.hangUp();
    expect(await run.end()).toBe(130);
    await expectAlive('closed');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s after the result does not change the status',
    async (signal) => {
      makeBoard(`late-${signal}`);
      // Node.js takes some time to end; here it says so, and takes a second.
      const aSecond = 'Atomics.wait(new%20Int32Array(new%20SharedArrayBuffer(4)),0,0,1000)';
      const slowEnd = `process.once('exit',()=>{process.stdout.write('ending');${aSecond}})`;
      vi.stubEnv('NODE_OPTIONS', `--import data:text/javascript,${slowEnd}`);
      onTestFinished(() => void vi.unstubAllEnvs());
      const run = new TerminalRun(home, ['reset-creds', '--json', ...port(`late-${signal}`)]);
      await run.sent(/"event":"result".*ending/s);
      run.signal(signal);
      expect(await run.end()).toBe(0);
    },
  );

  test('one Ctrl-C that comes as two signals, as through npx, is one', async () => {
    makeBoard('npx');
    const run = new TerminalRun(home, ['install', '--essid', 'Lamp', ...port('npx', 'real')]);
    await run.sent(/Upload the portal/);
    run.type('\x03');
    run.signal('SIGINT');
    expect(await run.end()).toBe(130);
    await expectAlive('npx');
  });

  describe.concurrent('whatever interrupts it, at a random moment, there is a result and a terminal as before:', () => {
    // Each by the key and by one of the signals: with one command all of them are tried above.
    test.each([
      ['flash', ['flash', '--erase'], 'SIGINT'],
      ['install', ['install', '--essid', 'Lamp'], 'SIGHUP'],
      ['setup', ['setup'], 'SIGTERM'],
      ['monitor', ['monitor', '--reset'], 'SIGHUP'],
      ['reset-creds', ['reset-creds'], 'SIGTERM'],
      ['uninstall', ['uninstall'], 'SIGINT'],
      ['simulate', ['simulate', '--listen', '127.0.0.1:0'], 'SIGTERM'],
    ] as const)('%s', { timeout: 240_000 }, async (name, command, signal) => {
      const random = seededRandom(name.length);
      makeBoard(`any-${name}`);
      for (const interrupt of ['keys', signal] as const) {
        const run = new TerminalRun(home, [...command, '--json', ...port(`any-${name}`, 'real')]);
        await run.outputs(1 + random(name === 'simulate' ? 2 : 12));
        if (interrupt === 'keys') run.type('\x03');
        else run.signal(interrupt);
        const status = await run.end();
        expect([0, 130], `${interrupt} ${run.received}`).toContain(status);
        const lines = run.received.split(/\r?\n/).map((line) => line.replace('^C', '')); // the terminal's echo
        const last = lines.findLast((line) => line !== '') ?? '';
        expect(JSON.parse(last), `${interrupt} ${run.received}`).toMatchObject({
          event: 'result',
          exitCode: status,
        });
      }
      // What was begun can be finished, whatever state it is in.
      expect((await home.call(['setup', '--until', 'portal.ready', ...port(`any-${name}`)])).exitCode).toBe(
        0,
      );
    });
  });

  describe.concurrent('whatever interrupts it, the portal of a board that stays powered is open afterwards:', () => {
    const endings: readonly ((run: TerminalRun) => void)[] = [
      (run) => run.type('\x03'),
      (run) => run.signal('SIGINT'),
      (run) => run.signal('SIGTERM'),
      (run) => run.signal('SIGHUP'),
      (run) => run.hangUp(),
    ];
    test.each([
      ['install', (round: number) => ['install', '--essid', `Lamp ${round}`]],
      ['reset-creds', () => ['reset-creds']],
    ] as const)('%s', { timeout: 240_000 }, async (name, command) => {
      const random = seededRandom(name.length);
      const http = await freePort();
      makeBoard(`served-${name}`);
      const served = `virtual:served-${name}?speed=real&http=${http}&dns=0`;
      const server = home.start(['simulate', '--json', '--listen', '127.0.0.1:0', '--port', served]);
      try {
        const { url: address } = JSON.parse(await server.line('rfc2217://')) as { url: string };
        for (const [round, interrupt] of endings.entries()) {
          const run = new TerminalRun(home, [...command(round), '--port', address]);
          await run.outputs(1 + random(40));
          interrupt(run);
          expect([0, 130]).toContain(await run.end());
          expect(run.received).not.toContain('\x1b[?25l');
          // No other run has touched the board: it is asked by its own web server.
          const get = async () => expect((await fetch(`http://127.0.0.1:${http}/`)).status).toBe(200);
          await vi.waitFor(get, { timeout: 60_000, interval: 200 });
        }
      } finally {
        expect((await server.stop()).exitCode).toBe(0);
      }
    });
  });

  test.each([0, 1, 12])('help on a terminal of %i columns is not wrapped by esp-portal', async (columns) => {
    const run = new TerminalRun(home, ['flash', '--help'], { columns, rows: 24 });
    expect(await run.end()).toBe(0);
    expect(run.received).toContain('Write MicroPython to the board, verify it, and check that it starts');
  });

  describe('a window', () => {
    test('of 0 columns gets plain lines, and no flood', async () => {
      makeBoard('zero');
      const run = new TerminalRun(home, ['install', '--essid', 'Lamp', ...port('zero')], {
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
      makeBoard(`resize-${columns}`);
      const run = new TerminalRun(
        home,
        ['install', '--essid', 'Lamp', ...port(`resize-${columns}`, 'real')],
        { columns: 100, rows: 40 },
      );
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

describe('a reader of stdout that goes away', () => {
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

  test.each([[[]], [['--json']]])('does not stop an install %j', async (extra) => {
    const name = `unread${extra.length}`;
    makeBoard(name);
    const run = await unread(['install', '--essid', 'Lamp', ...extra, ...port(name)]);
    expect(run.exitCode).toBe(0);
    expect(existsSync(home.boardFile(name, 'portal_config.py'))).toBe(true);
  });

  test.each([
    ['a completion', ['__complete', 'fl'], 0],
    ['help', ['flash', '--help'], 0],
    ['a usage error', ['nope', '--json'], 2],
  ])('leaves %s its status, without a stack trace', async (_what, args, exitCode) => {
    const run = await unread(args);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stderr).not.toContain('    at ');
  });

  test('does not hide a failure', async () => {
    const run = await unread(['install', '--json', '--port', '/no/such/port']);
    expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('/no/such/port') });
  });

  test('ends a monitor that waits for nothing else, with status 0', async () => {
    makeBoard('unread-monitor');
    expect(await unread(['monitor', '--reset', ...port('unread-monitor')])).toMatchObject({ exitCode: 0 });
  });
});

test.skipIf(!existsSync('/dev/full'))('stderr on a full disk does not stop a command', async () => {
  const full = openSync('/dev/full', 'w');
  const status = (args: readonly string[]) =>
    spawnSync(process.execPath, [BIN, ...args], {
      env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
      stdio: ['ignore', 'ignore', full],
    }).status;
  expect(status(['setup', '--until', 'portal.ready', ...port('full-stderr')])).toBe(0);
  expect(status(['nope'])).toBe(2);
  closeSync(full);
});
