// Values of the portal's fields and the static address over the cable: the results are read from the board's files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
home.makeBoard('meter', 'portal');
const port = board('meter');
const call = (...args: string[]) => home.call([...args, '--port', port, '--json']);
const set = (...args: string[]) => call('wifi', 'set', ...args);
const fileOf = (name: string) => readFileSync(home.boardFile('meter', name), 'utf8');
const stored = () => JSON.parse(fileOf('portal_fields.json')) as unknown;

const FIELDS = [
  'mqtt=MQTT broker;required',
  'port=Port;type=number;default=1883',
  'key=Key;type=password',
  'mode=Mode;type=choice;choices=a|b',
  'web=Web;type=url',
].flatMap((field) => ['--field', field]);
beforeAll(async () => expect((await call('install', ...FIELDS)).exitCode).toBe(0));

describe('wifi set --field', () => {
  test('stores values, also without a network, and keeps the others', async () => {
    expect((await set('--field', 'mqtt=bröker=1', '--field', 'mode=b')).result()).toMatchObject({
      ok: true,
      fields: ['mqtt', 'mode'],
      verified: false,
    });
    expect(stored()).toEqual({ mqtt: 'bröker=1', port: '1883', key: '', mode: 'b', web: '' });
  });

  test('never shows the value of a password, also where the board reports an error', async () => {
    const secret = `hün"ter'2 \\x`;
    const report = join(home.folder, 'fields.txt');
    const args = ['--field', `key=${secret}`, '--field', 'mqtt=visible', '--report', report];
    const run = await home.call(['wifi', 'set', 'Home WiFi', ...args, '--port', port, '--json'], {
      ESP_PORTAL_WIFI_PASSWORD: 'a wrong horse',
    });
    expect(run.result()).toMatchObject({ error: { code: 'wifi-join-failed' } });
    const shown = run.stdout + run.stderr + readFileSync(report, 'utf8');
    expect(shown).not.toMatch(/h..?n"ter|ter\\*'2/);
    expect(stored()).toMatchObject({ mqtt: 'bröker=1', key: '' });
    const right = await home.call(['wifi', 'set', 'Home WiFi', ...args, '--port', port, '--json'], {
      ESP_PORTAL_WIFI_PASSWORD: 'correct horse',
    });
    expect(right.result()).toMatchObject({ ok: true, address: expect.stringMatching(/^192/) });
    expect(stored()).toMatchObject({ mqtt: 'visible', key: secret });
  });

  test('refuses a value that does not fit, and stores none', async () => {
    const before = fileOf('portal_fields.json');
    const run = await set('--field', 'mqtt=other', '--field', 'port=x1');
    expect(run.result()).toMatchObject({
      exitCode: 2,
      error: {
        code: 'usage',
        message: expect.stringContaining('The value of the field port is not a number.'),
      },
    });
    expect(fileOf('portal_fields.json')).toBe(before);
  });

  test('the fields of a settings file are not taken for values', async () => {
    const run = await home.call(['wifi', 'list', '--port', port, '--json'], {
      ESP_PORTAL_FIELD: 'a=A;type=number',
      ESP_PORTAL_STATIC_IP: '192.168.1.9/24,192.168.1.1',
    });
    expect(run.result()).toMatchObject({ ok: true });
  });

  test.each([
    [['list', '--field', 'a=b'], 'Only wifi set takes'],
    [['status', '--static-ip', ''], 'Only wifi set takes'],
    [['set', '--field', '9=secret'], '--field takes NAME=VALUE'],
    [['list', '--field-stdin'], 'Only wifi set takes'],
    [['set', '--field', 'key'], 'No value for the field key was given.'],
    [['set', '--field', 'a=b', '--field-stdin'], 'needs a field without a value'],
    [['set', 'Home', '--field', 'a', '--field-stdin', '--password-stdin'], 'exclude each other'],
    [['set', '--field', 'a=1', '--field', 'a=2'], '--field names a twice.'],
    [['set', '--field', 'a=b', '--open'], 'need the name of the network'],
    [['set', '--static-ip', 'ask'], 'install --static-ip ask puts it on the page'],
    [['set', '--static-ip', '192.168.1.50/24,10.0.0.1'], 'not in the network of the address'],
  ])('%j is refused before the port is opened', async (args, message) => {
    const run = await home.call(['wifi', ...args, '--port', '/dev/no-such-port', '--json']);
    expect(run.result()).toMatchObject({
      exitCode: 2,
      error: { code: 'usage', message: expect.stringContaining(message) },
    });
    expect(run.stdout).not.toContain('secret');
  });

  test.skipIf(!python)('asks for a value that is missing on the command line, without echo', async () => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using served = await serveBoard(port);
    const run = new TerminalRun(home, ['wifi', 'set', '--field', 'key', '--port', served.url]);
    await run.sent(/Value of the field key/);
    run.type('typed secret\r');
    expect(await run.end()).toBe(0);
    expect(run.received).not.toContain('typed');
    expect(stored()).toMatchObject({ key: 'typed secret' });
  });
});

describe('wifi set --static-ip', () => {
  const TUPLE = "('192.168.1.77', '255.255.255.0', '192.168.1.1', '9.9.9.9')";
  const WITH_DNS = '192.168.1.77/24,192.168.1.1,9.9.9.9';
  const home_wifi = (secret: string, address: string) =>
    home.call(['wifi', 'set', 'Home WiFi', '--static-ip', address, '--port', port, '--json'], {
      ESP_PORTAL_WIFI_PASSWORD: secret,
    });

  test('joins with the address, stores it only if that works, and leaves nothing for install to do', async () => {
    expect((await home_wifi('a wrong horse', WITH_DNS)).result()).toMatchObject({ ok: false });
    expect(fileOf('portal_config.py')).not.toContain('192.168');
    expect((await home_wifi('correct horse', WITH_DNS)).result()).toMatchObject({ address: '192.168.1.77' });
    expect(fileOf('portal_config.py')).toContain(`"static_ip": ${TUPLE}`);
    expect((await call('install', '--no-restart')).result()).toMatchObject({
      filesSent: 0,
      settings: { static_ip: TUPLE, fields: 'mqtt, port, key, mode, web' },
    });
    const status = await call('wifi', 'status');
    expect(status.result()).toMatchObject({ address: '192.168.1.77', dns: '9.9.9.9' });
  });

  test("without a network it sets the address alone, and '' takes it back", async () => {
    expect((await set('--static-ip', '192.168.1.78/24,192.168.1.1')).result()).toMatchObject({ ok: true });
    expect((await call('wifi', 'status')).result()).toMatchObject({ address: '192.168.1.78' });
    expect((await set('--static-ip', '')).result()).toMatchObject({ ok: true });
    expect(fileOf('portal_config.py')).not.toContain('static_ip');
    expect((await call('install', '--no-restart')).result()).toMatchObject({ filesSent: 0 });
  });
});
