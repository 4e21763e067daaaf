// A phone in a network of its own, in which the board is router and name server: no name and no port is made up.
// Needs root, `ip netns` and socat: they carry what is sent to 192.168.4.1 to the virtual board, which has 127.0.0.1.
import { type ChildProcess, type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

/** A program that fetches what it reads, a line each. One for all, since a result is shown for some seconds only. */
const FETCHER = `
import { createInterface } from 'node:readline';
for await (const line of createInterface(process.stdin)) {
  const response = await fetch(...JSON.parse(line));
  const location = response.headers.get('location');
  console.log(JSON.stringify({ status: response.status, location, body: await response.text() }));
}`;

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const PAIR = `esp${process.pid % 100_000}`;
const BOARD = `${PAIR}-board`;
const PHONE = `${PAIR}-phone`;

const ip = (...args: string[]) => execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
const inNamespace = (name: string, ...command: string[]) => ['netns', 'exec', name, ...command];

/** Whether this computer lets us make networks; a container may say no, even to root. */
function canMakeNetworks(): boolean {
  if (process.getuid?.() !== 0 || !component('ip') || !component('socat')) return false;
  try {
    ip('link', 'add', `${PAIR}b`, 'type', 'veth', 'peer', 'name', `${PAIR}p`);
    ip('link', 'delete', `${PAIR}b`);
    ip('netns', 'add', PHONE);
    ip('netns', 'delete', PHONE);
    return true;
  } catch (error) {
    process.stdout.write(
      `No network namespaces here (${error}): the test of a phone in its own is skipped.\n`,
    );
    return false;
  }
}

const isPossible = canMakeNetworks();

describe.skipIf(!isPossible)('a phone that has nothing but the board', () => {
  const home = new CliHome();
  const children: ChildProcess[] = [];
  const log: string[] = [];
  let wake = () => {};
  let phone: ChildProcessByStdio<Writable, Readable, null> | undefined;
  let answers: AsyncIterator<string> | undefined;

  function spawnOnBoard(...command: string[]) {
    const child = spawn('ip', inNamespace(BOARD, ...command), {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
    });
    children.push(child);
    return child;
  }

  async function event(name: string): Promise<void> {
    while (!log.some((line) => line.includes(`"event":"${name}"`))) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  beforeAll(async () => {
    ip('netns', 'add', BOARD);
    ip('netns', 'add', PHONE);
    ip('link', 'add', `${PAIR}b`, 'netns', BOARD, 'type', 'veth', 'peer', 'name', `${PAIR}p`, 'netns', PHONE);
    mkdirSync(`/etc/netns/${PHONE}`, { recursive: true });
    writeFileSync(
      `/etc/netns/${PHONE}/resolv.conf`,
      'nameserver 192.168.4.1\noptions timeout:5 attempts:5\n',
    );
    for (const [name, device, address] of [
      [BOARD, `${PAIR}b`, '192.168.4.1/24'],
      [PHONE, `${PAIR}p`, '192.168.4.2/24'],
    ] as const) {
      ip('-n', name, 'address', 'add', address, 'dev', device);
      ip('-n', name, 'link', 'set', device, 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    ip('-n', PHONE, 'route', 'add', 'default', 'via', '192.168.4.1');
    spawnOnBoard('socat', 'TCP-LISTEN:80,bind=192.168.4.1,fork,reuseaddr', 'TCP:127.0.0.1:8080');
    spawnOnBoard('socat', 'UDP-RECVFROM:53,bind=192.168.4.1,fork', 'UDP:127.0.0.1:5353');
    const board = spawnOnBoard(
      process.execPath,
      BIN,
      'setup',
      '--json',
      '--port',
      'virtual:phone?speed=max&http=8080&dns=5353',
      '--until',
      'ap.stopped',
    );
    createInterface(board.stdout).on('line', (line) => {
      log.push(line);
      wake();
    });
    await event('portal.ready');
    const fetcher = inNamespace(PHONE, process.execPath, '--input-type=module', '--eval', FETCHER);
    phone = spawn('ip', fetcher, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(phone);
    answers = createInterface(phone.stdout)[Symbol.asyncIterator]();
  });

  afterAll(async () => {
    for (const child of children) {
      const gone = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGINT');
      await gone;
    }
    for (const name of [BOARD, PHONE]) ip('netns', 'delete', name);
    rmSync(`/etc/netns/${PHONE}`, { recursive: true, force: true });
    home[Symbol.dispose]();
  });

  /** What a program on the phone, with the phone's resolver and routes, gets. */
  async function fetchOnPhone(url: string, options: RequestInit = {}) {
    phone?.stdin.write(`${JSON.stringify([url, { redirect: 'manual', ...options }])}\n`);
    const { value } = (await answers?.next()) ?? {};
    return JSON.parse(value ?? 'null') as { status: number; location: string | null; body: string };
  }

  it('is redirected from its probe to the form, signs in, reads the result, and gets the online answer', async () => {
    const probe = 'http://connectivitycheck.gstatic.com/generate_204';
    const { status, location } = await fetchOnPhone(probe);
    expect([status, location]).toEqual([302, 'http://192.168.4.1/']);
    expect((await fetchOnPhone(location ?? '')).body).toContain('Home WiFi');
    const form = { method: 'POST', body: 'ssid=Home+WiFi&password=correct+horse' };
    expect((await fetchOnPhone(`${location}login`, form)).body).toContain('Connecting to Home WiFi');
    await event('wifi.connected');
    expect((await fetchOnPhone(location ?? '')).body).toContain('Connected');
    expect((await fetchOnPhone(probe)).status).toBe(302);
    expect((await fetchOnPhone(`${location}done`, { method: 'POST' })).body).toContain('All set');
    expect((await fetchOnPhone(probe)).status).toBe(204);
    await event('ap.stopped');
  });
});
