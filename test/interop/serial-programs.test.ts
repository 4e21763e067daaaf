// Between the tool and the virtual board stand programs that are not ours: ser2net (RFC 2217), socat with a
// pseudo-terminal, and serialport's own driver for it.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome, type StayingRun } from '../support/cli.js';
import { component } from '../support/components.js';
import { freePort } from '../support/free-port.js';
import { listening } from '../support/listening.js';
import { serveBoard } from '../support/served-board.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
const firmware = join(home.folder, 'firmware.bin');
let image: Buffer;
beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  image = Buffer.from(ownFirmware().bytes);
  writeFileSync(firmware, image);
});
afterAll(() => home[Symbol.dispose]());

const address = (name: string, options = '&http=0') => `virtual:${name}?speed=max&dns=0${options}`;

test('a board over RFC 2217 goes through setup, and another client is turned away meanwhile', async () => {
  let connected: () => void = () => {};
  const isConnected = new Promise<void>((resolve) => {
    connected = resolve;
  });
  await using served = await serveBoard(address('remote'), connected);
  const [setup, second] = await Promise.all([
    home.call([
      ...['setup', '--port', served.url, '--firmware', firmware],
      '--until',
      'portal.ready',
      '--json',
    ]),
    isConnected.then(() => home.call(['monitor', '--port', served.url, '--timeout', '5', '--json'])),
  ]);
  expect(setup.result()).toMatchObject({ ok: true, install: { state: 'portal' } });
  expect(second.result()).toMatchObject({ exitCode: 3, error: { code: 'port-busy' } });
  expect(existsSync(home.boardFile('remote', 'captive_portal.mpy'))).toBe(true);
});

test('reports a remote port without a server', async () => {
  const run = await home.call(['install', '--port', `rfc2217://127.0.0.1:${await freePort()}`]);
  expect(run).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('Nothing is listening at') });
});

const ser2net = component('ser2net');

describe.skipIf(!ser2net)('through ser2net, a real RFC 2217 server', () => {
  let relay: ChildProcess;
  let port: string;
  let board: Awaited<ReturnType<typeof serveBoard>>;

  beforeAll(async () => {
    board = await serveBoard(address('relayed'));
    const relayPort = await freePort();
    const config = join(home.folder, 'ser2net.yaml');
    writeFileSync(
      config,
      `connection: &board\n  accepter: telnet(rfc2217=true),tcp,127.0.0.1,${relayPort}\n  connector: telnet(rfc2217=true),tcp,127.0.0.1,${board.tcpPort}\n`,
    );
    relay = spawn(ser2net ?? '', ['-d', '-n', '-c', config], { stdio: 'ignore' });
    await listening(relayPort, relay);
    port = `rfc2217://127.0.0.1:${relayPort}`;
  });
  afterAll(async () => {
    relay?.kill();
    await board?.[Symbol.asyncDispose]();
  });

  test('a blank board is flashed: reset lines, baud rates and every byte get through', async () => {
    const run = await home.call(['flash', '--port', port, '--firmware', firmware, '--json']);
    expect(run.result(), run.stdout).toMatchObject({ ok: true, chip: 'ESP8266EX', version: '1.27.0' });
    const flash = readFileSync(join(home.folder, 'virtual', 'relayed', 'flash.bin')).subarray(
      0,
      image.length,
    );
    expect(flash.subarray(4).equals(image.subarray(4))).toBe(true);
  });

  test('another client is refused, because the port is in use', async () => {
    await using _first = await openPort(port);
    await expect(openPort(port)).rejects.toMatchObject({
      code: 'port-busy',
      likelyCause: 'Perhaps another client has the port.',
    });
  });

  test('the portal is installed and made to forget', async () => {
    const install = await home.call(['install', '--port', port, '--json']);
    expect(install.result(), install.stdout).toMatchObject({ ok: true, state: 'portal' });
    const forget = await home.call(['reset-creds', '--port', port, '--json']);
    expect(forget.result()).toMatchObject({ ok: true, forgotten: [] });
  });
});

const socat = component('socat');

describe.skipIf(!socat)("on a pseudo-terminal, through serialport's own driver", () => {
  const pty = join(home.folder, 'pty');
  let webPort: number;
  let simulator: StayingRun;

  beforeAll(async () => {
    webPort = await freePort();
    home.makeBoard('desk', 'micropython');
    const desk = address('desk', `&http=${webPort}`);
    simulator = home.start(['simulate', '--port', desk, '--pty', pty, '--json']);
    await simulator.line('pseudo-terminal');
  });
  afterAll(async () => {
    await simulator?.stop();
  });

  test('the portal is installed without reset lines, with one notice', async () => {
    const run = await home.call(['install', '--port', pty]);
    expect(run.exitCode).toBe(0);
    expect(run.stderr.match(/has no reset lines/g)).toHaveLength(1);
    expect(existsSync(home.boardFile('desk', 'captive_portal.mpy'))).toBe(true);
  });

  test('reset-creds restarts the board into its access point', async () => {
    const run = await home.call(['reset-creds', '--port', pty, '--json']);
    expect(run.result()).toMatchObject({ ok: true, forgotten: [], portal: { state: 'portal' } });
  });

  test("monitor shows the board's log and does not reset it", async () => {
    const monitor = home.call([
      'monitor',
      '--port',
      pty,
      '--until',
      'http.request',
      '--timeout',
      '20',
      '--json',
    ]);
    // The monitor may still be opening its port; a phone asks more than once too.
    const asking = setInterval(() => void fetch(`http://127.0.0.1:${webPort}/`).catch(() => {}), 200);
    const run = await monitor;
    clearInterval(asking);
    expect(run.result()).toMatchObject({ ok: true, until: 'http.request' });
    expect(run.json().map(({ event }) => event)).not.toContain('portal.starting');
  });

  test('flashing names the buttons to press', async () => {
    const run = await home.call(['flash', '--port', pty, '--firmware', firmware]);
    expect(run).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('Hold BOOT') });
  });

  test('the end of the other side is a port that went away', async () => {
    const monitor = home.start(['monitor', '--port', pty, '--no-reconnect', '--json']);
    await monitor.line('no reset lines');
    await simulator.stop();
    expect((await monitor.end()).result()).toMatchObject({ exitCode: 3, error: { code: 'port-lost' } });
  });
});
