// Firmware by its version, build or address, from a site or the cache; and esp-portal firmware.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { FirmwareSite, whole } from '../support/firmware-site.js';
import { eventsOf, flashRuns, stepsOf } from '../support/flash-runs.js';
import { esp8266Image } from '../support/images.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const { flash } = flashRuns(home);

describe('firmware from the network', () => {
  let site: FirmwareSite;
  beforeEach(async () => {
    site = await FirmwareSite.start();
    process.env.ESP_PORTAL_FIRMWARE_SITE = site.url;
  });
  afterEach(async () => {
    delete process.env.ESP_PORTAL_FIRMWARE_SITE;
    await site[Symbol.asyncDispose]();
  });
  const build = (name: string, version: string) => site.build(name, whole(esp8266Image(9000, version)));

  test('latest is the build for the flash that is found, and comes from the cache the next time', async () => {
    build('ESP8266_GENERIC-FLASH_1M-20260824-v1.29.0.bin', '1.29.0');
    const port = board('latest', '&flash=1M');
    const run = await flash(port, '--firmware', 'latest');
    expect(run.result()).toMatchObject({ ok: true, version: '1.29.0' });
    expect(stepsOf(run)).toEqual([
      ...['enter-loader', 'load-stub', 'find-firmware', 'download', 'check-image'],
      ...['write', 'verify', 'restart'],
    ]);
    expect(eventsOf(run, 'bytes')[0]).toMatchObject({ step: 'download' });
    site.requests.length = 0;
    expect((await flash(port, '--firmware', 'latest')).result()).toMatchObject({ ok: true, skipped: true });
    expect(site.requests.filter(({ path }) => path.endsWith('.bin'))).toEqual([]);
  });

  test('accepts a version, a preview, a URL and the name of a build', async () => {
    const preview = 'ESP8266_GENERIC-20261001-v1.30.0-preview.7.g0a1b2c3d4.bin';
    build('ESP8266_GENERIC-20240602-v1.23.0.bin', '1.23.0');
    build(preview, '1.30.0-preview.7.g0a1b2c3d4');
    build('ESP8266_GENERIC-OTA-20250911-v1.26.1.bin', '1.26.1');
    site.on('/mine.bin', whole(esp8266Image(9000, '1.25.0')));
    site.on('/download/ESP8266_GENERIC/', (_request, response) =>
      response.end(`<a href="/resources/firmware/${preview}">${preview}</a>`),
    );
    for (const [asked, version] of [
      ['1.23.0', '1.23.0'],
      ['preview', '1.30.0-preview.7.g0a1b2c3d4'],
      [`${site.url}/mine.bin`, '1.25.0'],
      ['ESP8266_GENERIC-OTA-20250911-v1.26.1.bin', '1.26.1'],
    ] as const) {
      const run = await flash(board('asked'), '--firmware', asked);
      expect(run.exitCode, asked).toBe(0);
      expect(eventsOf(run, 'image'), asked).toMatchObject([{ version }]);
      // What does not depend on the chip is checked before the board is touched.
      const isEarly = asked.endsWith('.bin');
      expect(stepsOf(run).indexOf('check-image') < stepsOf(run).indexOf('enter-loader'), asked).toBe(isEarly);
    }
  });

  test.each([
    ['a version that there is not', ['1.24.9'], 'firmware-missing', 'Known are 1.29.0'],
    ['a preview where no page tells one', ['preview'], 'firmware-missing', 'its download page'],
    ['a file that the site does not have', ['1.28.0'], 'firmware-download', 'answers 404'],
    ['an address without a server', ['http://127.0.0.1:9/a.bin'], 'firmware-download', 'cannot be reached'],
  ])('%s is reported, and the board is unchanged', async (_what, [asked = ''], code, message) => {
    if (!existsSync(join(home.folder, 'virtual', 'untouched')))
      await flash(board('untouched', '&chip=esp32'));
    const before = home.flash('untouched');
    expect(before.length).toBeGreaterThan(0);
    const run = await flash(board('untouched', '&chip=esp32'), '--firmware', asked);
    expect(run.result()).toMatchObject({
      exitCode: 5,
      error: { code, message: expect.stringContaining(message) },
    });
    expect(home.flash('untouched').equals(before)).toBe(true);
  });

  test('a board with 512 KB gets none: it would have no filesystem', async () => {
    const run = await flash(board('half', '&flash=512K'), '--firmware', 'latest');
    expect(run.result()).toMatchObject({ exitCode: 5, error: { code: 'firmware-too-large' } });
  });

  test('firmware lists the builds, fetches them, and marks what is cached', async () => {
    const name = 'ESP8266_GENERIC-FLASH_1M-20250415-v1.25.0.bin';
    build(name, '1.25.0');
    const list = ['firmware', '--board', 'ESP8266_GENERIC-FLASH_1M', '--release', '1.25.0', '--json'];
    const entry = { file: name, variant: 'FLASH_1M', chip: 'ESP8266', version: '1.25.0', date: '2025-04-15' };
    expect((await home.call(list)).result()).toMatchObject({ images: [{ ...entry, cached: false }] });
    expect((await home.call([...list, '--download'])).result()).toMatchObject({
      images: [{ ...entry, cached: true }],
    });
    const people = await home.call(list.filter((word) => word !== '--json'));
    expect(people.stdout).toContain(`1.25.0   2025-04-15  ESP8266   ${name}  (cached)`);
  });
});

test('firmware without a network lists the catalogue, and reports that there may be more', async () => {
  const run = await home.call(['firmware', '--offline']);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toMatch(
    /^1\.29\.0 {3}2026-08-24 {2}ESP8266 {3}ESP8266_GENERIC-20260824-v1\.29\.0\.bin$/m,
  );
  expect(run.stdout).not.toContain('v1.20.0'); // the same board by its old name
  expect(run.stdout).toContain('micropython.org was not read');
});

test('a mirror that does not answer is not called micropython.org', async () => {
  const run = await home.call(['firmware', '--board', 'ESP8266_GENERIC']);
  expect(run.stdout).toContain('The download page could not be read: newer builds may exist.');
  expect(run.stdout).not.toContain('micropython.org');
});

test.concurrent.each([
  [['firmware', '--board', 'NO_SUCH'], 2, 'There is no board NO_SUCH'],
  [['firmware', '--download'], 2, '--download needs --board'],
  [['firmware', '--release', '1.19', '--offline'], 5, 'the download page was not read'],
  [['firmware', '--release', '9.9.9'], 5, 'No 9.9.9 of any board was found'],
  [['flash', '--port', board('x'), '--erase', '--keep-files'], 2, 'contradict each other'],
  [['flash', '--port', board('x', '&lines=some')], 2, 'must be both, en or none'],
  [['flash', '--port', board('x'), '--firmware', 'https://'], 2, 'not a valid address'],
  [['flash', '--port', board('x'), '--firmware', 'https://127.0.0.1/%zz'], 2, 'not valid in a URL'],
  [['flash', '--port', board('x'), '--firmware', 'http://192.0.2.1/a.bin'], 2, 'add --allow-http'],
  [['flash', '--port', board('x'), '--firmware', '/dev/zero'], 5, '/dev/zero is a device, pipe or socket'],
  [['flash', '--port', board('x'), '--firmware', '/tmp'], 5, '/tmp is a directory'],
])('%s is refused', async (args, exitCode, message) => {
  const run = await home.call([...args]);
  expect(run).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
});
