// esp-portal flash as people and scripts run it: what is written, and what stays.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { eventsOf, flashRuns, stepsOf } from '../support/flash-runs.js';
import { arduinoImage, esp32Image, esp8266Image, esp8266ReleaseImage } from '../support/images.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const { file, flash } = flashRuns(home);

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
      home.makeBoard(name, 'micropython');
      writeFileSync(mine(name), 'x');
      const foreign = arduinoImage();
      const rest = readFileSync(home.flashFile(name)).subarray(foreign.length);
      writeFileSync(home.flashFile(name), Buffer.concat([foreign, rest]));
      const run = await flash(board(name), ...more);
      expect(run.result()).toMatchObject({ ok: true });
      expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'other' }]);
      expect(stepsOf(run).includes('erase')).toBe(!kept);
      expect(existsSync(mine(name))).toBe(kept);
    }
  });

  test('where the new image is longer and would lie over them, everything is erased', async () => {
    await flash(board('grown'), '--firmware', file('short.bin', esp8266Image(5000)));
    const path = home.flashFile('grown');
    const used = Buffer.concat([readFileSync(path), Buffer.alloc(0x10000, 0xff)]);
    used.fill(0x33, 0x12000, 0x13000);
    writeFileSync(path, used);
    const run = await flash(board('grown'), '--firmware', file('long.bin', esp8266Image(60_000)));
    expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'other-layout' }]);
    expect(stepsOf(run)).toContain('erase');
  });
});
