// What monitor shows of a log, and how it stays with its board.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { bytesOf, linesOf, SERIES } from '../support/log-fixtures.js';
import { talker } from '../support/talker.js';

const home = new CliHome();
const monitor = (...args: string[]) => home.call(['monitor', ...args]);
const SERIES_BYTES = bytesOf(linesOf(SERIES));

beforeAll(() => home.makeBoard('a', 'micropython'));
afterAll(() => home[Symbol.dispose]());

describe('what is shown', () => {
  test("the blog series' log, in every form, never has a password in it", async () => {
    const { port } = await talker(SERIES_BYTES, 'the end\n');
    const file = join(home.folder, 'series.log');
    const until = ['--until', '/the end/', '--port', port, '--log-file', file];
    const runs = await Promise.all([
      monitor(...until),
      monitor(...until, '--json'),
      monitor(...until, '--raw'),
    ]);
    for (const run of runs) {
      expect(run.exitCode).toBe(0);
      expect(run.stdout + run.stderr).not.toContain('hunter2');
      expect(run.stdout).toContain('with password ***');
    }
    expect(readFileSync(file, 'utf8')).not.toContain('hunter2');
    expect(readFileSync(file, 'utf8').match(/with password \*\*\*/g)).toHaveLength(6);
    const shown = await monitor(...until, '--show-secrets');
    expect(shown.stdout).toContain('hunter2');
  });

  test('--raw gives a pipe the bytes as they are', async () => {
    const bytes = Buffer.from('\x1b[2Jé\0\xff\r\nunfinished', 'latin1');
    const { port, drop } = await talker(bytes);
    const run = home.start(['monitor', '--port', port, '--raw', '--no-reconnect']);
    await run.line('\x1b[2J');
    drop();
    expect((await run.end()).stdout).toBe(bytes.toString('utf8'));
  });

  test('--filter and --exclude choose, by name, family and pattern; the log file has everything', async () => {
    const { port } = await talker(SERIES_BYTES);
    const file = join(home.folder, 'filtered.log');
    const common = ['--port', port, '--until', 'creds.failed'];
    const some = await monitor(...common, '--filter', 'dns,wifi.attempt,/point/', '--log-file', file);
    expect(some.stdout.trim().split('\n')).toEqual([
      'Waiting for access point to turn on',
      "DNS Server listening on ('0.0.0.0', 53)",
      'Configured DNS server',
      expect.stringContaining('Got data'),
      'Sending connectivitycheck.gstatic.com. -> 192.168.4.1',
      'Connection attempt 1/10 ...',
      'Turned off access point',
      'DNS server exception: [Errno 12] ENOMEM',
      expect.stringContaining('ENOMEM: '),
      'DNS Server stopped',
    ]);
    expect(readFileSync(file, 'utf8')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z Starting captive portal$/m);
    const others = await monitor(...common, '--exclude', 'dns,wifi,/point/', '--json');
    const events = others.json().map(({ event }) => event);
    expect(events).toContain('creds.saved');
    expect(events.filter((event) => /^(dns|wifi|ap\.starting)/.test(event))).toEqual([]);
  });

  test('every JSON line of the log has its time, its board and its text', async () => {
    const { port } = await talker(SERIES_BYTES);
    const run = await monitor('--port', port, '--until', 'creds.failed', '--json');
    for (const line of run.json().slice(0, -1)) {
      if (line.event === 'notice') continue;
      expect(line).toMatchObject({ board: port, raw: expect.any(String) });
      expect(Date.parse(String(line.time))).toBeGreaterThan(Date.UTC(2020));
    }
  });

  test('what has not ended when the time is over is shown', async () => {
    const { port } = await talker('Hello\r\n>>> ');
    const run = await monitor('--port', port, '--timeout', '0.2');
    expect(run).toMatchObject({ exitCode: 8, stdout: 'Hello\n>>> \n' });
  });
});

test('JSON and bytes cannot be had at once', async () => {
  const run = await monitor('--port', '/dev/no-such-port', '--raw', '--json');
  expect(run.result()).toMatchObject({ exitCode: 2, error: { code: 'usage' } });
});

describe('staying', () => {
  test('waits for a port that disappears, marks the gap, and continues the log', async () => {
    const { port, drop } = await talker('first\n');
    const run = home.start(['monitor', '--port', port, '--json', '--until', 'port.back']);
    await run.line('first');
    drop();
    const { exitCode, json } = await run.end().then((end) => ({ ...end, json: end.json() }));
    expect(exitCode).toBe(0);
    expect(json.map(({ event }) => event)).toEqual([
      'notice',
      'line',
      'port.lost',
      'notice',
      'port.back',
      'result',
    ]);
    expect(json.find(({ event }) => event === 'port.back')).toMatchObject({
      address: port,
      gapMs: expect.any(Number),
    });
  });

  test('the time allowed holds while the port is away, and Ctrl-C ends the waiting', async () => {
    const { port, drop } = await talker('first\n');
    const timed = home.start(['monitor', '--port', port, '--timeout', '3', '--until', 'creds']);
    const endless = home.start(['monitor', '--port', port]);
    await Promise.all([timed.line('first'), endless.line('first')]);
    drop();
    expect((await timed.end()).exitCode).toBe(8);
    await endless.line('was disconnected');
    expect((await endless.stop()).exitCode).toBe(0);
  });

  test('opening does not reset the board, --reset does, and --boot-baud makes the ROM readable', async () => {
    const simulator = home.start(['simulate', '--port', board('a'), '--listen', '127.0.0.1:0', '--json']);
    onTestFinished(async () => void (await simulator.stop()));
    home.program(
      'a',
      "import time\ntime.sleep(1)\nprint('Starting captive portal')\nwhile True:\n    time.sleep(0.1)\n    print('on')\n",
    );
    const port = JSON.parse(await simulator.line('rfc2217://')).url as string;
    const listening = ['--port', port, '--timeout', '60', '--json'];
    // Not until a line: one from before the reset may still be on its way.
    const first = await monitor(...listening, '--reset', '--until', 'portal.starting');
    expect(first.json().map(({ event }) => event)).toContain('portal.starting');
    const second = await monitor(...listening, '--until', '/^on$/');
    expect(second.json().map(({ event }) => event)).not.toContain('portal.starting');
    const third = await monitor(...listening, '--reset', '--boot-baud', '--until', 'portal.starting');
    const events = third.json().map(({ event }) => event);
    expect(events.filter((event) => event === 'boot.rom')).toHaveLength(1);
    expect(events).not.toContain('boot.noise');
    expect(third.json().find(({ event }) => event === 'boot.rom')).toMatchObject({
      resetCause: 2,
      explanation: expect.stringContaining('reset pin'),
    });
    expect(events.indexOf('boot.loading')).toBeLessThan(events.indexOf('portal.starting'));
  });
});
