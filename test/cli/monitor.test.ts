// The monitor as people and scripts run it: the real program, a virtual board's real output, a real terminal.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { bytesOf, GURU_MEDITATION, linesOf, SERIES } from '../support/log-fixtures.js';
import { python, TerminalRun } from '../support/terminal.js';

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const home = new CliHome();
const board = (name: string, options = '') => `virtual:${name}?speed=max&http=0&dns=0${options}`;
const monitor = (...args: string[]) => home.call(['monitor', ...args]);

beforeAll(async () => {
  home.makeBoard('a', 'micropython');
});
afterAll(() => home[Symbol.dispose]());

/** A board whose program is this one. */
function program(name: string, code: string): string {
  const file = home.boardFile(name, 'main.py');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, code);
  return board(name);
}

/** A serial line over TCP that sends these pieces to each client, and later what a test gives. */
async function talker(...pieces: readonly (string | Uint8Array)[]) {
  const received: string[] = [];
  const clients: Socket[] = [];
  const server = createServer((socket) => {
    clients.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => received.push(bytes.toString('latin1')));
    for (const piece of pieces) socket.write(piece);
  });
  const tcpPort = await freePort();
  const open = () => new Promise<void>((resolve) => server.listen(tcpPort, '127.0.0.1', resolve));
  await open();
  const drop = () => {
    for (const client of clients.splice(0)) client.destroy();
  };
  onTestFinished(() => {
    drop();
    server.close();
  });
  return { port: `socket://127.0.0.1:${tcpPort}`, received, clients, drop };
}

const SERIES_BYTES = bytesOf(linesOf(SERIES));

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

describe('how it ends', () => {
  test('with status 7 at what --fail-on names, with advice on the way', async () => {
    const port = program('a', 'def f():\n    raise OSError(98)\nf()\n');
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

  /** The status of a monitor that a shell runs with this stdout, while the board sends more and more. */
  async function shellStatus(args: string, stdout: string): Promise<number | null> {
    const { port, clients } = await talker(SERIES_BYTES);
    const command = `("${process.execPath}" "${BIN}" monitor --port ${port} ${args}; echo $? >&2) ${stdout}`;
    const child = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
    const more = setInterval(() => {
      for (const client of clients) client.write('more\n');
    }, 20);
    onTestFinished(() => clearInterval(more));
    const stderr = await text(child.stderr);
    return Number(stderr.trim().split('\n').at(-1));
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
    expect(await shellStatus(args, '> /dev/full')).toBe(status);
  });

  test.each(['--timeout 60', '--timeout 60 --raw', '--timeout 60 --json'])(
    'with %s when the reader closes the pipe, with status 0',
    async (args) => {
      expect(await shellStatus(args, '| head -1')).toBe(0);
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

  test('with status 0 when the reader closes the pipe', async () => {
    const { port, clients } = await talker(SERIES_BYTES);
    const child = spawn('sh', ['-c', `"${process.execPath}" "${BIN}" monitor --port ${port} | head -1`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const more = setInterval(() => {
      for (const client of clients) client.write('more\n');
    }, 20);
    onTestFinished(() => clearInterval(more));
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(stderr).toBe(`${port} has no reset lines: press RESET on the board when a restart is needed.\n`);
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
    program(
      'a',
      "import time\nprint('Starting captive portal')\nwhile True:\n    time.sleep(0.1)\n    print('on')\n",
    );
    const port = JSON.parse(await simulator.line('rfc2217://')).url as string;
    const listening = ['--port', port, '--timeout', '60', '--json'];
    const first = await monitor(...listening, '--reset', '--until', '/^on$/');
    expect(first.json().map(({ event }) => event)).toContain('portal.starting');
    const second = await monitor(...listening, '--until', '/^on$/');
    expect(second.json().map(({ event }) => event)).not.toContain('portal.starting');
    const third = await monitor(...listening, '--reset', '--boot-baud', '--until', '/^on$/');
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

describe.skipIf(!python)('on a terminal', () => {
  /** Runs the monitor on a terminal, and types when something is shown. */
  async function onTerminal(args: readonly string[], typing: readonly (readonly [string, string])[]) {
    const run = new TerminalRun(home, ['monitor', ...args], { extraEnv: { NO_COLOR: '1' } });
    for (const [shown, keys] of typing) {
      await run.sentNext(shown);
      run.type(keys);
    }
    return { exitCode: await run.end(), shown: run.received };
  }

  test('Ctrl-T shows the keys, Ctrl-R resets the board, Ctrl-] leaves', async () => {
    const port = program('a', "print('Starting captive portal')\nprint('here')\n");
    const { exitCode, shown } = await onTerminal(
      ['--port', port],
      [
        ['here', '\x14'],
        ['Ctrl-]', '\x12'], // from the help at the start
        ['here', '\x1d'],
      ],
    );
    expect(exitCode).toBe(0);
    expect(shown.match(/Ctrl-R resets the board/g)?.length).toBe(2);
    expect(shown.match(/Starting captive portal/g)).toHaveLength(2);
  });

  test('Ctrl-C ends it, with status 130 when something was waited for', async () => {
    const port = program('a', "print('here')\n");
    expect(await onTerminal(['--port', port], [['here', '\x03']])).toMatchObject({ exitCode: 0 });
    const waiting = await onTerminal(['--port', port, '--until', 'crash'], [['here', '\x03']]);
    expect(waiting).toMatchObject({ exitCode: 130 });
  });

  test('--interactive is a REPL: keys and Ctrl-C go to the board, its line editing works', async () => {
    const port = program('a', "print('here')\nwhile True:\n    pass\n");
    const { exitCode, shown } = await onTerminal(
      ['--port', port, '--interactive'],
      [
        ['here', '\x03'],
        ['KeyboardInterrupt', ''],
        ['>>> ', 'print(6*9)\x1b[D\x7f7\r'], // one to the left, 9 erased, 7 typed
        ['42', '\x1d'],
      ],
    );
    expect(exitCode).toBe(0);
    expect(shown).toMatch(/\n42\r/);
  });

  test('control sequences of the board are shown, not obeyed, in text, raw and in a REPL', async () => {
    const { port } = await talker('\x1b[2J\x1b]0;owned\x07\x9b1m\r\nthe end\r\n');
    for (const how of [[], ['--raw'], ['--interactive']]) {
      const { shown } = await onTerminal(['--port', port, '--until', '/the end/', ...how], []);
      expect(shown).toContain('\\x1b]0;owned\\x07');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      expect(shown).not.toMatch(/\x1b|\x07|\x9b/);
    }
  });

  test('--raw shows a carriage return that was the last to come', async () => {
    const { port } = await talker('the tail\r');
    const { shown } = await onTerminal(['--port', port, '--raw'], [['tail', '\x1d']]);
    expect(shown).toContain('the tail\\x0d');
  });
});

test('lines from a pipe go to the board with --interactive', async () => {
  const { port, received, clients } = await talker('>>> ');
  const command = `printf 'a = 1\\nprint(a)\\n' | "${process.execPath}" "${BIN}" monitor -i --port ${port} --until '/the end/'`;
  const child = spawn('sh', ['-c', command], { stdio: 'ignore' });
  const done = new Promise((resolve) => child.on('close', resolve));
  const watch = setInterval(() => {
    if (received.join('') === 'a = 1\rprint(a)\r') clients[0]?.write('the end\r\n');
  }, 20);
  onTestFinished(() => clearInterval(watch));
  expect(await done).toBe(0);
});

test('a dump that a reset cuts off is shown', async () => {
  const { port } = await talker(bytesOf(GURU_MEDITATION.slice(0, 12)));
  const run = await monitor('--port', port, '--until', 'crash', '--timeout', '60', '--json');
  expect(run.result()).toMatchObject({ ok: true, until: 'crash.esp32' });
});
