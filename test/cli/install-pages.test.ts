// What install makes of the options for the pages: read from the board, after each run.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
home.makeBoard('pages', 'portal');
const port = board('pages');
const install = (...args: string[]) => home.call(['install', '--port', port, '--json', ...args]);
/** Where nothing is to be sent; the board is left at its prompt. */
const unchanged = (...args: string[]) => install('--no-restart', ...args);
const fileOf = (name: string) => readFileSync(home.boardFile('pages', name), 'utf8');

const logo = join(home.folder, 'logo.svg');
writeFileSync(logo, '<!-- drop --><svg xmlns="http://www.w3.org/2000/svg">\n<path d="M0 0h9"/>\n</svg>\n');

test('the pages are kept by the next installation, and reset one by one', async () => {
  const args = ['--language', 'fr', '--title', 'Pompe "3"', '--accent', '#1a7f37', '--logo', logo];
  const first = await install(...args);
  expect(first.result()).toMatchObject({
    ok: true,
    settings: { language: 'fr', title: 'Pompe "3"', accent: '#1a7f37', logo: 'set' },
  });
  expect(fileOf('head.html')).toContain('<path d="M0 0h9"/></svg></header>');
  expect(fileOf('index.html')).toContain('<h1>Pompe &quot;3&quot;</h1>');
  expect(fileOf('portal_config.py')).toContain('#page ["language","fr"]');

  expect((await unchanged()).result()).toMatchObject({ filesSent: 0, settings: { language: 'fr' } });
  expect((await unchanged(...args)).result()).toMatchObject({ filesSent: 0, sentBytes: 0 });

  const second = await install('--title', '', '--logo', '', '--essid', 'Lampe');
  expect(second.result()).toMatchObject({ settings: { language: 'fr', accent: '#1a7f37', essid: 'Lampe' } });
  expect(fileOf('head.html')).toContain('<title>Configuration du Wi-Fi</title>');
  expect(fileOf('head.html')).not.toContain('<svg');

  const last = await install('--language', '', '--accent', '', '--essid', '');
  expect(last.result()).toMatchObject({
    ok: true,
    settings: {},
    removed: expect.arrayContaining(['reasons.mpy']),
  });
  expect(fileOf('head.html')).toContain('<html lang=en>');
});

test('a fixed address is kept on the board, used to join, and reset', async () => {
  const fixed = ['--static-ip', '192.168.1.50/24,192.168.1.1'];
  const literal = "('192.168.1.50', '255.255.255.0', '192.168.1.1', '192.168.1.1')";
  expect((await install(...fixed)).result()).toMatchObject({ settings: { static_ip: literal } });
  expect((await unchanged(...fixed)).result()).toMatchObject({ filesSent: 0, sentBytes: 0 });
  const set = await home.call(['wifi', 'set', 'Home WiFi', '--port', port, '--json'], {
    ESP_PORTAL_WIFI_PASSWORD: 'correct horse',
  });
  expect(set.result()).toMatchObject({ address: '192.168.1.50' });
  expect((await install('--static-ip', '')).result()).toMatchObject({ settings: {} });
});

test('the page asks for a fixed address where it is to, and wifi set gives the same', async () => {
  const first = await install('--static-ip', 'ask', '--language', 'de', '--field', 'mqtt=MQTT');
  expect(first.result()).toMatchObject({ ok: true, settings: { static_ip: 'ask' } });
  expect(fileOf('index.html')).toContain('<details><summary>Feste Adresse</summary>');
  expect(fileOf('portal_config.py')).toMatch(/^OPTIONS = \{\n\}\n[\s\S]*#page \["static_ip","ask"\]/);
  expect((await unchanged()).result()).toMatchObject({ filesSent: 0, settings: { static_ip: 'ask' } });
  const set = (address: string) =>
    home.call(['wifi', 'set', 'Home WiFi', '--static-ip', address, '--port', port, '--json'], {
      ESP_PORTAL_WIFI_PASSWORD: 'correct horse',
    });
  expect((await set('192.168.1.51/24,192.168.1.1')).result()).toMatchObject({ address: '192.168.1.51' });
  expect(fileOf('portal_fields.json')).toContain('"static_ip": "192.168.1.51/24,192.168.1.1"');
  const status = await home.call(['wifi', 'status', '--port', port, '--json']);
  expect(status.result()).toMatchObject({ address: '192.168.1.51' });
  expect((await set('')).result()).toMatchObject({ address: expect.not.stringContaining('192.168.1.51') });
  const last = await install('--static-ip', '', '--language', '', '--field', '');
  expect(last.result()).toMatchObject({
    removed: expect.arrayContaining(['plain_join.mpy', 'static_ip.mpy', 'kept.mpy']),
  });
});

test('fields are put on the page, kept, replaced, and removed with their modules', async () => {
  const first = await install('--field', 'mqtt=MQTT {name}', '--field', 'key=Key;type=password;default=abc');
  expect(first.result()).toMatchObject({ ok: true, settings: { fields: 'mqtt, key' } });
  expect(fileOf('index.html')).toContain('>MQTT &#123;name&#125;</label>');
  expect(fileOf('custom_fields.json')).toContain('["mqtt","MQTT {name}","text"');
  expect((await unchanged()).result()).toMatchObject({ filesSent: 0, settings: { fields: 'mqtt, key' } });

  const other = await home.call(['install', '--port', port, '--json'], {
    ESP_PORTAL_FIELD: '[{"name": "web", "type": "url"}, "b=B"]',
  });
  expect(other.result()).toMatchObject({ settings: { fields: 'web, b' } });
  const last = await install('--field', '');
  expect(last.result()).toMatchObject({
    settings: {},
    removed: expect.arrayContaining(['custom_fields.json', 'kept.mpy', 'index.mpy']),
  });
  expect(fileOf('index.html')).not.toContain('name=web');
});

test.each([
  [['--static-ip', '192.168.1.50/24,10.0.0.1'], 'not in the network of the address'],
  [['--language', 'xx'], 'it is one of en, de'],
  [['--title', '  '], 'a title is not blank'],
  [['--field', 'static_ip=Address'], '--field: the form itself has a field of this name (field static_ip).'],
  [['--field', 'ssid=Name'], '--field: the form itself has a field of this name (field ssid).'],
  [['--field', 'a=A', '--field', 'a=B'], 'two fields have this name'],
  [['--accent', '#ffcc00'], 'contrast of 1.5:1'],
  [['--title', 'x'.repeat(61)], 'up to 60 characters, not 61'],
  [['--logo', '/no-such.svg'], '/no-such.svg does not exist'],
])('%j is refused before the port is opened', async (args, message) => {
  const run = await home.call(['install', '--port', '/dev/no-such-port', '--json', ...args]);
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: { code: 'usage', message: expect.stringContaining(message) },
  });
});

test('a logo with a script is refused, and not repeated', async () => {
  const bad = join(home.folder, 'bad.svg');
  writeFileSync(bad, '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const run = await home.call(['install', '--port', '/dev/no-such-port', '--json', '--logo', bad]);
  expect(run.result()).toMatchObject({
    error: { code: 'usage', message: `--logo ${bad} cannot be used: <script> is not allowed in it.` },
  });
});
