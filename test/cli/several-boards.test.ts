// Commands with several ports. What is left on a board is looked at by another run.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const list = (...names: string[]) => names.map((name) => board(name)).join(',');

/** A board that runs this program. */
function talker(name: string, code: string): string {
  home.makeBoard(name, 'micropython');
  return home.program(name, code);
}

/** Lists virtual boards as devices of the computer. */
function plugIn(folder: string, ...paths: string[]): Record<string, string> {
  const devices = join(home.folder, folder);
  mkdirSync(devices);
  for (const [index, path] of paths.entries()) {
    const device = { path, vendorId: '1a86', productId: '7523' };
    writeFileSync(join(devices, `${index}.json`), JSON.stringify(device));
  }
  return { ESP_PORTAL_USB_DEVICES: devices };
}

describe('one failure leaves the others alone', () => {
  test('with --json: each event names its board, and the status is the worst', async () => {
    const ports = `${board('json-a')},${board('json-cut', '&unplug=9000')},${board('json-b')}`;
    const run = await home.call(['flash', '--json', '--port', ports]);
    expect(run.exitCode).toBe(3);
    const events = run.json();
    const result = events.at(-1);
    expect(result).toMatchObject({
      event: 'result',
      ok: false,
      exitCode: 3,
      error: { code: 'port-lost', message: '1 of 3 boards failed: virtual:json-cut.' },
      boards: [
        { board: 'virtual:json-a', ok: true, exitCode: 0, chip: 'ESP8266EX' },
        { board: 'virtual:json-cut', ok: false, exitCode: 3, error: { code: 'port-lost' } },
        { board: 'virtual:json-b', ok: true, exitCode: 0 },
      ],
    });
    const names = ['virtual:json-a', 'virtual:json-cut', 'virtual:json-b'];
    expect(events.slice(0, -1).filter((event) => !names.includes(String(event.board)))).toEqual([]);
    for (const name of names) {
      const own = events.filter((event) => event.board === name);
      expect([own[0]?.event, own.at(-1)?.event]).toEqual(['board-start', 'board-end']);
    }
    const again = await home.call(['install', '--json', '--port', board('json-b')]);
    expect(again.result()).toMatchObject({ ok: true, state: 'portal' });
  });

  test('for people: lines with names, and a table at the end', async () => {
    const ports = ['--port', board('text-a'), '-p', board('text-cut', '&unplug=9000')];
    const run = await home.call(['flash', ...ports]);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toMatch(/^virtual:text-a {3}\| ✔ Write the firmware/m);
    expect(run.stderr).toMatch(/^virtual:text-cut \| Error: /m);
    expect(run.stderr).toMatch(/^Error: 1 of 2 boards failed: virtual:text-cut\.$/m);
    expect(run.stderr).toContain(`Run the same command for them: --port`);
    const lines = run.stdout.trim().split('\n').slice(-4);
    expect(lines[0]).toMatch(/^Board +MAC +Result +Time$/);
    expect(lines[1]).toMatch(/^virtual:text-a +[\da-f:]{17} {2}done +\d:\d\d$/);
    expect(lines[2]).toMatch(/^virtual:text-cut +failed: port-lost {2}\d:\d\d$/);
    expect(lines[3]).toMatch(/^2 boards: 1 done, 1 failed, in \d:\d\d\.$/);
  });
});

test('--port all means every board that is connected', async () => {
  home.makeBoard('all-a', 'portal');
  home.makeBoard('all-b', 'portal');
  const env = plugIn('devices', board('all-a'), board('all-b'));
  const run = await home.call(['reset-creds', '--no-restart', '--json', '--port', 'all'], env);
  expect(run.result()).toMatchObject({
    ok: true,
    boards: [
      { board: 'virtual:all-a', ok: true, forgotten: [] },
      { board: 'virtual:all-b', ok: true, forgotten: [] },
    ],
  });
});

describe('nothing is started', () => {
  const refused = async (args: readonly string[], env: Record<string, string> = {}) => {
    const run = await home.call([...args, '--json'], env);
    const { error } = run.result();
    return { exitCode: run.exitCode, error, events: run.json().length };
  };

  test('for a board that is given twice, also in other words', async () => {
    expect(
      await refused(['flash', '--port', `${board('never')},${board('twice')},virtual:twice`]),
    ).toMatchObject({
      exitCode: 2,
      events: 1,
      error: {
        code: 'usage',
        message: expect.stringContaining('The same board is given twice: as virtual:twice?'),
      },
    });
    expect(await refused(['flash', '-p', '/dev/null', '-p', '/dev/../dev/null'])).toMatchObject({
      exitCode: 2,
      error: { message: 'The same board is given twice: as /dev/null and as /dev/../dev/null.' },
    });
  });

  test('for all where there is none', async () => {
    const env = plugIn('no-devices');
    expect(await refused(['flash', '--port', 'all'], env)).toMatchObject({
      exitCode: 3,
      events: 1,
      error: { code: 'port-none' },
    });
  });

  test('where another process uses a board, or a port does not exist', async () => {
    const holder = home.start(['simulate', '--json', '--listen', '127.0.0.1:0', '--port', board('held')]);
    await holder.line('rfc2217://');
    const run = await refused(['flash', '--port', `${board('never')},${board('held')},/dev/no-such-port`]);
    await holder.stop();
    expect(run).toMatchObject({ exitCode: 3, events: 1, error: { code: 'port-busy' } });
    expect(run.error).toMatchObject({
      message: expect.stringMatching(
        /^2 of 3 boards cannot be used, so nothing was started\. virtual:held\S* is in use by another program: .*\(process \d+\)\. There is no port \/dev\/no-such-port\.$/,
      ),
    });
  });

  test.each([
    [['simulate'], 'simulate takes one port.'],
    [['backup'], 'backup takes one port.'],
    [['monitor', '--raw'], '--raw is for one board.'],
    [['flash', '--backup', 'flash.bin'], '--backup is for one board.'],
  ])('for %j, which is for one board', async (args, message) => {
    expect(await refused([...args, '--port', list('never', 'neither')])).toMatchObject({
      exitCode: 2,
      events: 1,
      error: { code: 'usage', message },
    });
  });

  afterAll(() => expect(existsSync(join(home.folder, 'virtual', 'never'))).toBe(false));
});

test('a list in the environment is for commands with boards', async () => {
  const env = { ESP_PORTAL_PORT: list('env-a', 'env-b') };
  expect((await home.call(['ports', '--json'], env)).exitCode).toBe(0);
  expect((await home.call(['monitor', '--raw', '--json'], env)).result()).toMatchObject({
    error: { message: expect.stringContaining('--raw is for one board.') },
  });
});

test('monitor follows several boards until each has said what is waited for', async () => {
  const talkers = ['one', 'two'].map((name) => talker(`talk-${name}`, `print("\\nready ${name}")\n`));
  const run = await home.call([
    'monitor',
    '--reset',
    '--timeout',
    '60',
    '--until',
    '/ready/',
    '--port',
    talkers.join(','),
  ]);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(/^virtual:talk-one \| ready one$/m);
  expect(run.stdout).toMatch(/^virtual:talk-two \| ready two$/m);
});

describe.skipIf(!python)('on a terminal', { timeout: 60_000 }, () => {
  beforeAll(() => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
  });

  test('one line a board is redrawn, and a table is all that stays', async () => {
    await using a = await serveBoard(board('tty-a'));
    await using b = await serveBoard(board('tty-b'));
    const firmware = join(home.folder, 'firmware.bin');
    writeFileSync(firmware, ownFirmware().bytes);
    const args = ['flash', '--firmware', firmware, '--port', `${a.url},${b.url}`];
    const run = new TerminalRun(home, args, { columns: 100, rows: 24 });
    expect(await run.end()).toBe(0);
    expect(run.received).toMatch(new RegExp(`${b.url}.*Restart the board`));
    const screen = await run.screen();
    expect(screen.filter((line) => line.includes('Restart the board'))).toEqual([]);
    expect(screen.slice(-4)).toEqual([
      expect.stringMatching(/^Board +MAC +Result +Time$/),
      expect.stringMatching(new RegExp(`^${a.url} +[\\da-f:]{17} {2}done`)),
      expect.stringMatching(new RegExp(`^${b.url} +[\\da-f:]{17} {2}done`)),
      expect.stringMatching(/^2 boards: 2 done/),
    ]);
  });

  test('Ctrl-C ends all, and leaves boards that run', async () => {
    const names = ['stop-a', 'stop-b'];
    for (const name of names) home.makeBoard(name, 'portal');
    await using a = await serveBoard('virtual:stop-a?http=0&dns=0');
    await using b = await serveBoard('virtual:stop-b?http=0&dns=0');
    const run = new TerminalRun(home, ['install', '--essid', 'Lamp', '--port', `${a.url},${b.url}`]);
    await run.sent(new RegExp(`${b.url}.*Upload the portal`));
    run.type('\x03');
    expect(await run.end()).toBe(130);
    const screen = (await run.screen()).join('\n');
    expect(screen).toMatch(/Error: install was interrupted by Ctrl-C \(SIGINT\)\. \d of 2 boards failed/);
    expect(screen).toMatch(/^2 boards: /m);
    for (const { url } of [a, b]) {
      const again = await home.call(['install', '--json', '--port', url]);
      expect(again.result()).toMatchObject({ ok: true, state: 'portal' });
    }
  });

  test('monitor colours the names in front of the lines, and ends with status 0', async () => {
    const [red, blue] = ['red', 'blue'].map((name) =>
      talker(`colour-${name}`, 'import time\nwhile True:\n  print("tick")\n  time.sleep_ms(50)\n'),
    );
    await using a = await serveBoard(red ?? '');
    await using b = await serveBoard(blue ?? '');
    const run = new TerminalRun(home, ['monitor', '--port', `${a.url},${b.url}`]);
    for (const { url } of [a, b]) await run.sent(new RegExp(`${url} *.\\[39m \\| tick`));
    run.type('\x03');
    expect(await run.end()).toBe(0);
    expect(new Set(run.received.match(/\[3\dm(?=rfc2217:)/g)).size).toBe(2);
  });
});
