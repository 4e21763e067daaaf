// esp-portal flash and firmware as people and scripts run them, and everything that can go wrong with a board.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CliHome, type CliRun } from '../support/cli.js';
import { FirmwareSite, whole } from '../support/firmware-site.js';
import { arduinoImage, esp32Image, esp8266Image, esp8266ReleaseImage } from '../support/images.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const board = (name: string, options = '') => `virtual:${name}?speed=max&http=0&dns=0${options}`;

function file(name: string, bytes: Uint8Array): string {
  const path = join(home.folder, name);
  writeFileSync(path, bytes);
  return path;
}

const flash = (port: string, ...more: string[]) => home.call(['flash', '--port', port, '--json', ...more]);
const eventsOf = (run: CliRun, event: string) => run.json().filter((line) => line.event === event);
const stepsOf = (run: CliRun) => eventsOf(run, 'step').map(({ step }) => step);

test.each(['', '&chip=esp32', '&chip=esp32s3&usb=serial-jtag'])(
  'a flash of unknown size is written without the checks of its size (%s)',
  async (options) => {
    const run = await flash(board(`unknown${options.length}`, `${options}&flash-fault=unknown-size`));
    expect(run.result()).toMatchObject({ ok: true, flashSizeBytes: 0, plan: 'write' });
    const [people] = (
      await home.call([
        'flash',
        '--port',
        board(`unknown${options.length}`, `${options}&flash-fault=unknown-size`),
      ])
    ).stderr.split('Verify');
    expect(people).toContain('flash of unknown size');
  },
);

describe('the build that runs', () => {
  const images = [
    ['ESP32_GENERIC_S3-SPIRAM_OCT-20251209-v1.27.0.bin', 'ESP32_GENERIC_S3-SPIRAM_OCT', false],
    ['ESP32_GENERIC_S3-20251209-v1.27.0.bin', 'ESP32_GENERIC_S3-SPIRAM_OCT', true],
    ['my-build.bin', 'ESP32_GENERIC_S3-SPIRAM_OCT', false],
  ] as const;

  test.each(images)('of the file %s is compared with its name', async (name, build, isOther) => {
    const image = esp32Image('ESP32-S3', { version: '1.27.0', build });
    const port = board(`build-${name.replace('.bin', '').replaceAll('.', '-')}`, '&chip=esp32s3');
    const run = await flash(port, '--firmware', file(name, image));
    expect(run.result()).toMatchObject({ ok: true, build });
    expect(eventsOf(run, 'other-build')).toEqual(
      isOther
        ? [expect.objectContaining({ asked: 'ESP32_GENERIC_S3', running: 'ESP32_GENERIC_S3-SPIRAM_OCT' })]
        : [],
    );
    const [, forPeople] = (
      await home.call(['flash', '--port', port, '--firmware', join(home.folder, name)])
    ).stderr.split('Warning: ');
    expect(forPeople ?? '').toMatch(
      isOther
        ? /is named for the build ESP32_GENERIC_S3, but contains ESP32_GENERIC_S3-SPIRAM_OCT\.\n/
        : /^$/,
    );
  });

  test('is unknown before 1.25, and of an image whose name the flash does not hold', async () => {
    const run = await flash(board('old', '&chip=esp32s3&micropython=1.23'));
    expect(run.result()).toMatchObject({ ok: true, version: '1.23.0' });
    expect(run.result()).not.toHaveProperty('build');
  });

  test.each([
    ['512K', 'ESP8266_GENERIC-FLASH_512K'],
    ['1M', 'ESP8266_GENERIC-FLASH_1M'],
    ['4M', 'ESP8266_GENERIC'],
  ])('on an ESP8266 with %s is %s', async (size, build) => {
    const run = await flash(board(`build-${size}`, `&flash=${size}`));
    expect(run.result()).toMatchObject({ ok: true, build });
  });
});

test.each([
  ['an ESP8266', '', arduinoImage()],
  ['an ESP32', '&chip=esp32', esp32Image('ESP32', { project: 'arduino-lib-builder' })],
])(
  'firmware for %s that is not MicroPython is written only when that is asked for',
  async (chip, options, image) => {
    const name = `any-${chip.replaceAll(' ', '-')}`;
    const path = file(`${name}.bin`, image);
    const refused = await flash(board(name, options), '--firmware', path);
    expect(refused.result()).toMatchObject({
      exitCode: 5,
      error: { code: 'firmware-invalid', next: expect.stringContaining('--any-firmware') },
    });
    expect(existsSync(join(home.folder, 'virtual', name))).toBe(false);

    const written = await flash(board(name, options), '--firmware', path, '--any-firmware');
    expect(written.result()).toMatchObject({ ok: true, isMicroPython: false, skipped: false });
    const at = chip === 'an ESP32' ? 0x1000 : 0;
    expect(
      home
        .flash(name)
        .subarray(at, at + image.length)
        .equals(image),
    ).toBe(true);

    const again = await home.call([
      'flash',
      '--port',
      board(name, options),
      '--firmware',
      path,
      '--any-firmware',
    ]);
    expect(again.stdout).toContain('was already installed (nothing was written)');
    expect(again.stdout).toContain('it is not MicroPython');
  },
);

describe('the same image twice', () => {
  const image = esp8266ReleaseImage(200_000);
  const port = board('twice');
  let path: string;
  beforeAll(() => {
    path = file('twice.bin', image);
  });

  test('is written and verified, byte for byte, with all facts in the result', async () => {
    const run = await flash(port, '--firmware', path);
    expect(run.result()).toMatchObject({
      ok: true,
      chip: 'ESP8266EX',
      mac: expect.stringMatching(/^5c:cf:7f:/),
      crystalMHz: 26,
      flashSizeBytes: 4 * 1024 * 1024,
      imageBytes: image.length,
      skipped: false,
      baudRate: 460800,
      flashMode: 'qio',
      version: '1.27.0',
      banner: expect.stringContaining('MicroPython v1.27.0'),
    });
    expect(home.flash('twice').subarray(0, image.length).equals(image)).toBe(true);
    expect(stepsOf(run)).toEqual(['check-image', 'enter-loader', 'load-stub', 'write', 'verify', 'restart']);
    expect(eventsOf(run, 'bytes').at(-1)).toMatchObject({
      bytesPerSecond: expect.any(Number),
      secondsLeft: 0,
    });
  });

  test('is not written again', async () => {
    const run = await flash(port, '--firmware', path);
    expect(run.result()).toMatchObject({ ok: true, skipped: true, version: '1.27.0' });
    expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'same' }]);
    expect(stepsOf(run)).not.toContain('write');
  });

  test('and --dry-run reports beforehand what would be done, as JSON and as text', async () => {
    const before = home.flash('twice');
    const run = await flash(port, '--firmware', path, '--dry-run');
    expect(run.result()).toMatchObject({ ok: true, dryRun: true, plan: 'nothing', version: '1.27.0' });
    const people = await home.call(['flash', '--port', port, '--firmware', path, '--erase', '--dry-run']);
    expect(people.exitCode).toBe(0);
    expect(people.stdout).toMatch(/^MicroPython 1\.27\.0 would be written after erasing the whole flash/);
    expect(home.flash('twice').equals(before)).toBe(true);
  });

  test('is written again with --erase, with a report as text', async () => {
    const run = await home.call(['flash', '--port', port, '--firmware', path, '--erase']);
    expect(run.stdout).toMatch(/^MicroPython 1\.27\.0 runs on the ESP8266EX \(5c:/);
    expect(run.stderr).toMatch(/MicroPython 1\.27\.0 for ESP8266, 200\.0 KB, qio/);
    expect(run.stderr).toMatch(
      /ESP8266EX, MAC 5c:\S+, 26 MHz crystal, 4 MB flash, holds this firmware already/,
    );
    expect(run.stderr).toMatch(/100 % {2}[\d.]+ of [\d.]+ KB {2}[\d.]+ KB\/s/);
  });
});

test.concurrent.each([
  ['1M', [], 2],
  ['8M', [], 4],
  ['16M', [], 4],
  ['16M', ['--flash-size', '16M'], 9],
  ['4M', ['--flash-size', '1mb'], 2],
])(
  'a flash of %s with %j gets its size in the header, and the rest is the image',
  async (size, options, nibble) => {
    const image = esp8266Image();
    const name = `size-${size}-${nibble}`;
    const args = ['--firmware', file(`${name}.bin`, image), ...options];
    const run = await flash(board(name, `&flash=${size}`), ...args);
    expect(run.result()).toMatchObject({ ok: true, version: '1.27.0' });
    const onBoard = home.flash(name).subarray(0, image.length);
    expect((onBoard[3] ?? 0) >> 4).toBe(nibble);
    expect(onBoard.subarray(4).equals(image.subarray(4))).toBe(true);
    const isSmaller = nibble === 4 || size === '4M';
    expect(eventsOf(run, 'header-size')).toHaveLength(isSmaller ? 1 : 0);
  },
);

test('reports a header for less than the whole flash, with the option that changes it', async () => {
  const path = file('told.bin', esp8266Image());
  const run = await home.call(['flash', '--port', board('told', '&flash=16M'), '--firmware', path]);
  expect(run.stderr).toContain('header for 4 MB of flash (--flash-size 16M uses all of it)');
});

test.concurrent.each([
  ['3M', 'give one of 512K, 1M'],
  ['16M', 'the flash of this board has 4194304'],
])('--flash-size %s is refused on a board with 4 MB', async (size, message) => {
  const path = file(`refused-size-${size}.bin`, esp8266Image());
  const run = await home.call([
    'flash',
    '--port',
    board(`rs-${size}`),
    '--firmware',
    path,
    '--flash-size',
    size,
  ]);
  expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) });
});

describe('files on the board', () => {
  const mine = (name: string) => home.boardFile(name, 'mine.txt');

  test('survive an update, and go with --erase', async () => {
    await flash(board('files'));
    writeFileSync(mine('files'), 'x');
    expect((await flash(board('files', '&micropython=1.23'))).result()).toMatchObject({ version: '1.23.0' });
    expect(existsSync(mine('files'))).toBe(true);
    expect((await flash(board('files'), '--erase')).exitCode).toBe(0);
    expect(existsSync(mine('files'))).toBe(false);
  });

  test('are erased with a foreign program, unless --keep-files', async () => {
    for (const [name, kept, ...more] of [
      ['foreign', false],
      ['foreign-kept', true, '--keep-files'],
    ] as const) {
      mkdirSync(dirname(mine(name)), { recursive: true });
      writeFileSync(mine(name), 'x');
      writeFileSync(join(home.folder, 'virtual', name, 'flash.bin'), arduinoImage());
      const run = await flash(board(name), ...more);
      expect(run.result()).toMatchObject({ ok: true });
      expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'other' }]);
      expect(stepsOf(run).includes('erase')).toBe(!kept);
      expect(existsSync(mine(name))).toBe(kept);
    }
  });

  test('where the new image is longer and would lie over them, everything is erased', async () => {
    await flash(board('grown'), '--firmware', file('short.bin', esp8266Image(5000)));
    const path = join(home.folder, 'virtual', 'grown', 'flash.bin');
    const used = Buffer.concat([readFileSync(path), Buffer.alloc(0x10000, 0xff)]);
    used.fill(0x33, 0x12000, 0x13000);
    writeFileSync(path, used);
    const run = await flash(board('grown'), '--firmware', file('long.bin', esp8266Image(60_000)));
    expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'other-layout' }]);
    expect(stepsOf(run)).toContain('erase');
  });
});

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

describe.concurrent('what can go wrong with a board', { timeout: 180_000 }, () => {
  const flashed = async (name: string) => {
    expect((await flash(board(name))).exitCode).toBe(0);
    return home.flash(name);
  };

  // Those that wait longest come first, so that the others run meanwhile.

  test('a firmware whose files suppress the prompt is reported, without a change of the flash mode', async () => {
    const run = await flash(board('repl-off', '&preset=repl-off'));
    expect(run.result()).toMatchObject({ exitCode: 6, error: { code: 'firmware-silent' } });
    expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'same' }]);
    expect(eventsOf(run, 'fallback')).toEqual([]);
  });

  test.each([
    ['dio', ['dio'], 'esp8266'],
    ['dout', ['dio', 'dout'], 'esp8266'],
    ['dout', ['dout'], 'esp32'],
  ] as const)(
    'a flash that can be read in %s alone gets the modes %s on an %s, aloud',
    async (modes, tried, chip) => {
      const name = `modes-${modes}-${chip}`;
      const run = await flash(board(name, `&flash-modes=${modes}&chip=${chip}`));
      expect(run.result()).toMatchObject({ ok: true, flashMode: tried.at(-1), version: '1.27.0' });
      expect(eventsOf(run, 'fallback').map(({ value }) => value)).toEqual(tried);
      expect(home.flash(name)[chip === 'esp32' ? 0x1002 : 2]).toBe(modes === 'dio' ? 2 : 3);
      const again = await flash(board(name, `&flash-modes=${modes}&chip=${chip}`));
      expect(again.result()).toMatchObject({ ok: true, skipped: true, flashMode: tried.at(-1) });
    },
  );

  test('MicroPython on a board without reset lines is distinguished from no answer, with what to do', async () => {
    await flashed('unwired');
    const run = await home.call(['flash', '--port', board('unwired', '&lines=none')]);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('MicroPython answers on');
    expect(run.stderr).toContain('Next: Hold BOOT (FLASH, GPIO0), press RESET, release BOOT');
  });

  test.each([
    ['says nothing', 'preset=silent', 'loader-silent', 'does not answer'],
    ['is blank and its GPIO0 is not wired', 'lines=en', 'loader-silent', 'GPIO0 stays high'],
    ['is an ESP32 whose GPIO0 is not wired', 'lines=en&chip=esp32', 'loader-silent', 'GPIO0 stays high'],
    ['breaks down at every start', 'supply=failing', 'board-restarts', 'restarts repeatedly'],
    ['is an ESP32 that breaks down', 'supply=failing&chip=esp32', 'board-restarts', 'restarts repeatedly'],
  ])('a board that %s', async (what, options, code, message) => {
    const run = await flash(board(`mute-${what.replaceAll(/\W/g, '-')}`, `&${options}`));
    expect(run.exitCode).toBe(4);
    expect(run.result()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
  });

  test.each(['download', 'stub'])(
    'a board without reset lines that is in its %s mode already is flashed, and started by its stub',
    async (starts) => {
      const run = await flash(board(`held-${starts}`, `&lines=none&starts=${starts}`));
      expect(run.result()).toMatchObject({ ok: true, version: '1.27.0', banner: expect.any(String) });
    },
  );

  test('an adapter that cannot keep up is served at 115200 baud, aloud', async () => {
    const run = await flash(board('slow', '&adapter=230400'));
    expect(run.result()).toMatchObject({ ok: true, baudRate: 115200 });
    expect(eventsOf(run, 'fallback')).toEqual([
      {
        event: 'fallback',
        setting: 'baud',
        value: 115200,
        reason: 'The board does not answer at 460800 baud.',
      },
    ]);
  });

  test.each([
    ['is write-protected', 'flash-fault=protected', 'flash-protected', 'write-protected', []],
    [
      'is worn out',
      'flash-fault=0xa123',
      'flash-mismatch',
      'the first wrong sector is at 0x00a000',
      [115200],
    ],
  ])('a flash that %s is reported with its address', async (_what, fault, code, message, fallbacks) => {
    const run = await flash(board(`fault-${fault.slice(12)}`, `&${fault}`));
    expect(run.exitCode).toBe(6);
    expect(run.result()).toMatchObject({
      error: { code, message: expect.stringContaining(message) },
    });
    expect(eventsOf(run, 'fallback').map(({ value }) => value)).toEqual(fallbacks);
  });

  test('a board that breaks down when the radio starts has a good firmware and a weak supply', async () => {
    const run = await flash(board('weak', '&supply=weak&chip=esp32'));
    expect(run.exitCode).toBe(4);
    expect(run.result()).toMatchObject({
      error: { code: 'board-restarts', message: expect.stringContaining('complete and verified') },
    });
  });

  test.each([
    ['before anything is written', 8000, 'Nothing on the board was changed.'],
    ['while it is written', 30_000, 'The firmware is incomplete'],
  ])('a cable that is unplugged %s: reports the state of the board', async (what, bytes, message) => {
    const name = `pulled-${what.length}`;
    const before = await flashed(name);
    const run = await flash(board(name, `&micropython=1.23&unplug=${bytes}`));
    expect(run.exitCode).toBe(3);
    expect(run.result()).toMatchObject({
      error: {
        code: 'port-lost',
        message: expect.stringContaining(message),
        next: expect.stringContaining('run the same command'),
      },
    });
    if (message.startsWith('Nothing')) expect(home.flash(name).equals(before)).toBe(true);
  });

  test('Ctrl-C while it is written reports the same', async () => {
    const path = file('stopped.bin', esp8266ReleaseImage()); // takes 10 s: it is stopped in the middle
    const args = ['flash', '--port', 'virtual:stopped?http=0&dns=0', '--json', '--firmware', path];
    const run = await home.run(args, (line, interrupt) => {
      if (line.startsWith('{"event":"bytes","step":"write"')) interrupt();
    });
    expect(run.exitCode).toBe(130);
    expect(run.result()).toMatchObject({
      error: { code: 'interrupted', message: expect.stringContaining('The firmware is incomplete') },
    });
  });

  test.each([
    ["Arduino's program", arduinoImage(), 'firmware-invalid', 'not MicroPython'],
    ['an image for an ESP32-S3', esp32Image('ESP32-S3'), 'firmware-wrong-chip', 'for an ESP32-S3'],
    ['an image that needs more flash', esp8266Image(1_000_000), 'firmware-too-large', 'needs 1036880 bytes'],
  ])('%s is refused', async (what, image, code, message) => {
    const path = file(`refused-${what.length}.bin`, image);
    const run = await flash(board(`refused-${what.length}`, '&flash=512K'), '--firmware', path);
    expect(run.exitCode).toBe(5);
    expect(run.result()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
  });

  test('an ESP32 image whose partitions need more than the flash has is refused', async () => {
    const path = file('partitions.bin', esp32Image());
    const run = await flash(board('small-esp32', '&chip=esp32&flash=2M'), '--firmware', path);
    expect(run.result()).toMatchObject({ exitCode: 5, error: { code: 'firmware-too-large' } });
  });
});
