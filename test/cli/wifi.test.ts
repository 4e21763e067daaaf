// The WiFi of a board from the command line: virtual boards see the networks, the results are read from their files.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const password = (text: string) => ({ ESP_PORTAL_WIFI_PASSWORD: text });
const WRONG = 'a wrong horse';

/** A board with the portal, and how to run commands on it. */
function withPortal(name: string, options = '') {
  home.makeBoard(name, 'portal');
  // Not started: it would join a stored network between two commands, or not, and put it in front.
  home.program(name, 'pass\n');
  const port = board(name, options);
  const wifi = (...args: string[]) => home.call(['wifi', ...args, '--port', port, '--json']);
  return {
    port,
    wifi,
    set: (ssid: string, secret: string, ...args: string[]) =>
      home.call(['wifi', 'set', ssid, ...args, '--port', port, '--json'], password(secret)),
    stored: async () => (await wifi('list')).result().networks,
    file: () => readFileSync(home.boardFile(name, 'wifi.creds'), 'utf8'),
  };
}

test('a board is set up without a phone, and joins its network at every start', async () => {
  const port = board('no-phone', '&chip=esp32c3');
  const args = ['--wifi', 'Home WiFi', '--password-stdin', '--until', 'wifi.connected', '--port', port];
  const setup = await home.call(['setup', ...args], {}, undefined, 'correct horse\n');
  expect(setup.exitCode, setup.stderr).toBe(0);
  expect(setup.stdout).toMatch(
    /The board joined "Home WiFi".*http:\/\/192\.168\.1\.\d+\/ \(mpy-esp32\.local\)/,
  );
  expect(setup.stdout + setup.stderr).not.toContain('correct horse');
  const later = await home.call(['monitor', '--reset', '--until', 'wifi.connected', '--port', port]);
  expect(later.exitCode).toBe(0);
  const status = await home.call(['wifi', 'status', '--port', port, '--json']);
  expect(status.result()).toMatchObject({
    ...{ ok: true, isConnected: true, ssid: 'Home WiFi', mdnsName: 'mpy-esp32.local' },
    address: expect.stringMatching(/^192\.168\.1\.\d+$/),
  });
});

describe('wifi set', () => {
  const lamp = withPortal('lamp');

  test('stores only a network that was joined, and reports why another was not', async () => {
    expect((await lamp.set('Home WiFi', 'correct horse')).result()).toMatchObject({
      ok: true,
      ssid: 'Home WiFi',
      address: expect.stringMatching(/^192\.168\.1\.\d+$/),
    });
    const report = join(home.folder, 'wrong.txt');
    const wrong = await lamp.set('Corner Café ☕', WRONG, '--report', report);
    expect(wrong.result()).toMatchObject({
      exitCode: 7,
      error: { code: 'wifi-join-failed', message: expect.stringContaining('wrong password') },
    });
    expect(wrong.stdout + wrong.stderr + readFileSync(report, 'utf8')).not.toContain(WRONG);
    expect(lamp.file()).toBe('Home WiFi,correct horse\n');
  });

  test('keeps the earlier networks, and removes one by name', async () => {
    await lamp.wifi('set', 'Free Library WiFi', '--open');
    await lamp.set('Garage', 'f'.repeat(64), '--no-verify');
    expect(await lamp.stored()).toEqual(['Garage', 'Free Library WiFi', 'Home WiFi']);
    expect((await lamp.wifi('remove', 'Garage')).result()).toMatchObject({
      removed: 'Garage',
      networks: ['Free Library WiFi', 'Home WiFi'],
    });
    expect((await lamp.wifi('remove', 'Garage')).result()).toMatchObject({ exitCode: 2 });
    expect(lamp.file()).toBe('Free Library WiFi,\nHome WiFi,correct horse\n');
  });

  test('interrupted while the board joins, it leaves the stored networks as they are', async () => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using station = await serveBoard(lamp.port);
    const args = ['wifi', 'set', 'Corner Café ☕', '--port', station.url, '--json'];
    const interruptAtJoin = (line: string, interrupt: () => void) => {
      if (line.includes('"join-network"')) interrupt();
    };
    const run = await home.run(args, interruptAtJoin, password(WRONG));
    expect(run.result()).toMatchObject({ exitCode: 130 });
    const left = await home.call(['wifi', 'list', '--port', station.url, '--json']);
    expect(left.result().networks).toEqual(['Free Library WiFi', 'Home WiFi']);
  });

  test('a typed apostrophe means the one of the network in range', async () => {
    const air = join(home.folder, 'air.json');
    writeFileSync(air, JSON.stringify([{ ssid: 'Jim’s iPhone', password: 'from outer space' }]));
    const phone = withPortal('phone', `&air=${air}`);
    expect((await phone.set("Jim's iPhone", 'from outer space')).result()).toMatchObject({
      ok: true,
      ssid: 'Jim’s iPhone',
    });
  });
});

describe('before the port is opened', () => {
  const set = (ssid: string, secret: string, ...args: string[]) =>
    home.call(['wifi', 'set', ssid, '--port', '/dev/no-such-port', '--json', ...args], password(secret));

  test.each([
    ['a name of 33 bytes', `${'é'.repeat(16)}x`, 'long enough', '1 to 32 bytes, not 33'],
    ['a password of 7 characters', 'Home', '1234567', 'this one has 7'],
    ['a key of 63 and one other characters', 'Home', `${'f'.repeat(63)}g`, 'this one has 64'],
    ['no password', 'Home', '', 'No password for "Home"'],
  ])('%s is refused', async (_what, ssid, secret, message) => {
    const run = await set(ssid, secret);
    expect(run.result()).toMatchObject({
      exitCode: 2,
      error: { code: 'usage', message: expect.stringContaining(message) },
    });
    if (secret !== '') expect(run.stdout).not.toContain(secret);
  });
});

test('names of networks with control characters and no UTF-8 are shown escaped', async () => {
  const air = join(home.folder, 'hostile.json');
  const ssids = ['\x1b]0;pwned\x07', '\n\x1b[2J', 'a\u202eb'].map((name) =>
    Buffer.from(name).toString('hex'),
  );
  const networks = [...ssids, 'ff0a'].map((ssidHex) => ({ ssidHex, password: '' }));
  writeFileSync(air, JSON.stringify(networks));
  const { port } = withPortal('hostile', `&air=${air}`);
  const scan = await home.call(['wifi', 'scan', '--port', port]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
  expect(scan.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/);
  for (const name of ['\\x1b]0;pwned\\x07', '\\x0a\\x1b[2J', 'a\\u202eb', '\\xff\\x0a'])
    expect(scan.stdout).toContain(name);
  const before = (await home.call(['files', 'ls', '--port', port])).stdout;
  const set = await home.call(['wifi', 'set', 'a\x1bb', '--open', '--port', port, '--json']);
  expect(set.result()).toMatchObject({ exitCode: 2 });
  expect((await home.call(['files', 'ls', '--port', port])).stdout).toBe(before);
});

test('a chip without WiFi is named', async () => {
  const port = board('h2', '&chip=esp32h2');
  await home.call(['flash', '--port', port]);
  expect((await home.call(['wifi', 'scan', '--port', port, '--json'])).result()).toMatchObject({
    error: { code: 'board-no-wifi', message: expect.stringContaining('ESP32-H2') },
  });
});

test('while a program uses the station, a scan works and the program runs again afterwards', async () => {
  const air = join(home.folder, 'busy-air.json');
  writeFileSync(
    air,
    JSON.stringify([
      { ssid: 'Home WiFi', password: 'correct horse' },
      { ssid: 'Zoo', rssi: -80 },
    ]),
  );
  const busy = withPortal('busy', `&air=${air}`);
  home.program(
    'busy',
    `import network, time
station = network.WLAN(0)
station.active(True)
station.connect('Home WiFi', 'correct horse')
while True:
    print('the program runs')
    time.sleep(0.1)
`,
  );
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  await using station = await serveBoard(busy.port);
  const { url } = station;
  const scan = await home.call(['wifi', 'scan', '--port', url, '--json']);
  expect(scan.result()).toMatchObject({
    ok: true,
    has5GHz: false,
    networks: [{ ssid: 'Home WiFi' }, { ssid: 'Zoo' }],
  });
  const log = await home.call(['monitor', '--port', url, '--until', '/the program runs/', '--timeout', '20']);
  expect(log.exitCode).toBe(0);
});

describe.skipIf(!python)('on a terminal', () => {
  const { port: address } = withPortal('asked');
  let station: Awaited<ReturnType<typeof serveBoard>>;
  beforeAll(async () => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    station = await serveBoard(address);
  });
  afterAll(() => station[Symbol.asyncDispose]());
  const stored = async () =>
    (await home.call(['wifi', 'list', '--port', station.url, '--json'])).result().networks;

  test('wifi set asks which network, and for the password without showing it', async () => {
    const run = new TerminalRun(home, ['wifi', 'set', '--port', station.url]);
    await run.sent(/Which network\?/);
    run.type('3\r');
    await run.sent(/Password of/);
    run.type('flat whitt\u007fe\r');
    expect(await run.end()).toBe(0);
    expect(run.received).not.toContain('flat');
    expect(await stored()).toEqual(['Corner Café ☕']);
  });

  test('Ctrl-C at the question for the password ends it', async () => {
    const run = new TerminalRun(home, ['wifi', 'set', 'Home WiFi', '--port', station.url]);
    await run.sent(/Password of/);
    run.type('half\u0003');
    expect(await run.end()).toBe(130);
    expect(await stored()).toEqual(['Corner Café ☕']);
  });

  test('stopped by Ctrl-Z at the question and continued, it asks again', async () => {
    const starter = ['sh', '-c', 'set -m; "$@"; fg', 'sh'];
    const run = new TerminalRun(home, ['wifi', 'set', 'Home WiFi', '--port', station.url], { starter });
    await run.sentNext('Password of');
    run.type('half\u001a');
    await run.sentNext('Password of');
    run.type('correct horse\r');
    expect(await run.end()).toBe(0);
    expect(run.received).not.toContain('horse');
    expect(await stored()).toEqual(['Home WiFi', 'Corner Café ☕']);
  });
});
