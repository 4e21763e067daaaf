// How monitor ends: at an event, after a time, by a signal, or when its output has no reader.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { bytesOf, GURU_MEDITATION, linesOf, SERIES } from '../support/log-fixtures.js';
import { talker } from '../support/talker.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
const monitor = (...args: string[]) => home.call(['monitor', ...args]);
const SERIES_BYTES = bytesOf(linesOf(SERIES));

beforeAll(() => home.makeBoard('a', 'micropython'));
afterAll(() => home[Symbol.dispose]());

describe('how it ends', () => {
  test('with status 7 at what --fail-on names, with advice on the way', async () => {
    const port = home.program('a', 'def f():\n    raise OSError(98)\nf()\n');
    const run = await monitor('--port', port, '--fail-on', 'crash,python', '--timeout', '60');
    expect(run.exitCode).toBe(7);
    expect(run.stdout).toContain('▸ File "main.py", line 2, in f');
    expect(run.stdout).toContain('EADDRINUSE: ');
    expect(run.stderr).toContain('The board reported python.traceback: OSError: [Errno 98] EADDRINUSE.');
    expect(run.stderr).toMatch(/^Next: EADDRINUSE: /m);
  });

  test('at an event without advice, with a next step other than the same command', async () => {
    const { port } = await talker('the end\n');
    const run = await monitor('--port', port, '--fail-on', '/the end/', '--timeout', '60');
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toMatch(/^Next: Read the lines of the log before this event/m);
  });

  test('at a crash that is printed behind a typed line', async () => {
    const { port } = await talker(
      ">>> wlan.connect('Home', 'S3crFatal exception 28(LoadProhibitedCause):\r\nepc1=0x402162f3, epc2=0x00000000\r\n",
    );
    const run = await monitor('--port', port, '--until', 'crash', '--timeout', '60', '--json');
    expect(run.result()).toMatchObject({ ok: true, until: 'crash.esp8266' });
    expect(run.stdout).not.toContain('S3cr');
  });

  test('at a pattern in progress dots that have no line end', async () => {
    const { port, clients } = await talker('Joining');
    const dots = setInterval(() => {
      for (const client of clients) client.write('.');
    }, 50);
    onTestFinished(() => clearInterval(dots));
    const run = await monitor('--port', port, '--until', '/Joining\\.{3}/', '--timeout', '60');
    expect(run.exitCode).toBe(0);
  });

  test.each(['esp8266', 'esp32'])('at a crash of an %s, explained', async (chip) => {
    const port = board(`crash-${chip}`, `&preset=crash&chip=${chip}`);
    const run = await monitor('--port', port, '--until', 'crash', '--timeout', '60', '--json');
    expect(run.result()).toMatchObject({ ok: true, until: `crash.${chip}` });
    expect(run.json().find(({ event }) => event === `crash.${chip}`)).toMatchObject({
      kind: chip === 'esp32' ? 'StoreProhibited' : 'LoadProhibited',
      explanation: expect.stringContaining('null pointer'),
    });
  });

  /** A monitor that a shell runs with this stdout, while the board sends more and more. */
  async function shellRun(args: string, stdout: string) {
    const { port, clients } = await talker(SERIES_BYTES);
    const command = `("${process.execPath}" "${BIN}" monitor --port ${port} ${args}; echo $? >&2) ${stdout}`;
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
    const more = setInterval(() => {
      for (const client of clients) client.write('more\n');
    }, 20);
    onTestFinished(() => clearInterval(more));
    const [, stderr, status] = /^(.*?)(\d+)\n$/s.exec(await text(child.stderr)) ?? [];
    return { port, stderr, status: Number(status) };
  }

  test.skipIf(!existsSync('/dev/full')).each([
    ['', 2],
    ['--timeout 60', 2],
    ['--timeout 60 --json', 2],
    ['--timeout 60 --raw', 2],
    ['--timeout 2 --until crash', 8],
    ['--timeout 2 --fail-on crash', 8],
    ['--timeout 60 --fail-on creds.failed', 7],
  ])('with %j on a full disk, with status %i', async (args, status) => {
    expect(await shellRun(args, '> /dev/full')).toMatchObject({ status });
  });

  test.each(['', '--timeout 60', '--timeout 60 --raw', '--timeout 60 --json'])(
    'with %j when the reader closes the pipe, with status 0 and without an error',
    async (args) => {
      const { port, ...run } = await shellRun(args, '| head -1');
      const notice = `${port} has no reset lines: press RESET on the board when a restart is needed.\n`;
      expect(run).toEqual({ status: 0, stderr: args.includes('--json') ? '' : notice });
    },
  );

  test.skipIf(process.platform === 'win32').each([
    ['SIGINT', 0],
    ['SIGTERM', 130],
    ['SIGHUP', 130],
  ] as const)('by %s with status %i when nothing is waited for', async (signal, status) => {
    const { port } = await talker('first\n');
    const child = spawn(process.execPath, [BIN, 'monitor', '--port', port, '--json']);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      const had = stdout.includes('first');
      stdout += more;
      if (!had && stdout.includes('first')) child.kill(signal);
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(status);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      ok: status === 0,
      exitCode: status,
      ...(status === 130 && { error: { code: 'interrupted', message: expect.stringContaining(signal) } }),
    });
  });

  test.each([
    [['--until', 'no.such'], 'there is no event "no.such"'],
    [['--boot-baud', 'fast'], 'Invalid baud rate "fast"'],
    [['--log-file', '/no/such/folder/x'], '/no/such/folder/x'],
  ])('with status 2 for %j, before the port is opened', async (args, message) => {
    const run = await monitor('--port', '/dev/no-such-port', ...args);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
  });
});

test('a dump that a reset cuts off is shown', async () => {
  const { port } = await talker(bytesOf(GURU_MEDITATION.slice(0, 12)));
  const run = await monitor('--port', port, '--until', 'crash', '--timeout', '60', '--json');
  expect(run.result()).toMatchObject({ ok: true, until: 'crash.esp32' });
});
