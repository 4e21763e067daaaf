// esp-portal image: the file that it makes, on virtual boards that another flasher or flash has written.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFirmware, flash as flashBoard, openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { flashRuns } from '../support/flash-runs.js';
import { esp8266Image } from '../support/images.js';
import { seededBytes } from '../support/random.js';

const MB = 1024 * 1024;
const home = new CliHome();
const { file } = flashRuns(home);
const here = (name: string) => join(home.folder, name);
afterAll(() => home[Symbol.dispose]());

const app = here('app');
const PORTAL = ['--essid', 'Lamp', '--app', app];
const image = (name: string, ...more: string[]) => home.call(['image', '-o', here(name), '--json', ...more]);
/** Of an ESP8266. */
const LAMP = here('lamp.bin');

beforeAll(async () => {
  mkdirSync(join(app, 'lib'), { recursive: true });
  writeFileSync(join(app, 'app.py'), 'print("from the image")\n');
  writeFileSync(join(app, 'lib', 'data.bin'), seededBytes(1, 9000));
  const run = await image('lamp.bin', '--port', 'virtual:', ...PORTAL);
  expect(run.result()).toMatchObject({ ok: true, chip: 'ESP8266', address: 0 });
});

test('"-" is no file: nothing is written', async () => {
  const run = await home.call(['image', '-o', '-', '--chip', 'esp32', '--json']);
  expect(run.result()).toMatchObject({
    exitCode: 2,
    error: { code: 'usage', message: '--output takes no "-": name a file, one of that name as ./-.' },
  });
});

test('the same input gives the same bytes, which end with the last block in use', async () => {
  const again = await image('again.bin', '--port', 'virtual:', ...PORTAL);
  expect(readFileSync(here('again.bin')).equals(readFileSync(LAMP))).toBe(true);
  const { fileBytes, filesAddress } = again.result() as unknown as Record<string, number>;
  expect(fileBytes).toBe(statSync(LAMP).size);
  expect(filesAddress).toBe(0x100000);
  expect((fileBytes ?? 0) % 4096).toBe(0);
  expect(
    readFileSync(LAMP)
      .subarray(-4096)
      .some((byte) => byte !== 0xff),
  ).toBe(true);
  expect(fileBytes).toBeLessThan(1.2 * MB);
});

test.each([
  ['esp8266', '', '0x0'],
  ['esp32', '', '0x1000'],
  ['esp32c3', '&micropython=1.23', '0x0'],
])('written to an %s (%s) by another flasher, it starts portal and program', async (chip, more, address) => {
  const name = `raw-${chip}`;
  const port = board(name, `&chip=${chip}${more}`);
  const made = await image(`${name}.bin`, '--port', port, ...PORTAL);
  expect(made.result().esptool).toBe(
    `esptool --chip ${chip} write-flash --erase-all ${address} ${here(`${name}.bin`)}`,
  );
  mkdirSync(join(home.flashFile(name), '..'), { recursive: true });
  const before = Buffer.alloc(Number(address), 0xff);
  writeFileSync(home.flashFile(name), Buffer.concat([before, readFileSync(here(`${name}.bin`))]));
  const log = await home.call(['monitor', '--port', port, '--reset', '--until', 'portal.ready', '--json']);
  expect(log.result()).toMatchObject({ ok: true });
  expect(log.json().find(({ event }) => event === 'portal.ready')).toMatchObject({ essid: 'Lamp' });
  expect(readFileSync(home.boardFile(name, 'lib/data.bin')).equals(seededBytes(1, 9000))).toBe(true);
  const install = await home.call(['install', '--port', port, '--dry-run', '--json', ...PORTAL]);
  expect(install.result()).toMatchObject({ ok: true, filesSent: 0, removed: [] });
});

describe('flash', () => {
  const flash = (port: string, ...more: string[]) =>
    home.call(['flash', '--port', port, '--firmware', LAMP, '--json', ...more]);

  test('writes firmware and files to a blank board, and nothing a second time', async () => {
    const port = board('blank');
    expect((await flash(port)).result()).toMatchObject({ ok: true, plan: 'write', files: 'write' });
    const install = await home.call(['install', '--port', port, '--json', ...PORTAL]);
    expect(install.result()).toMatchObject({ state: 'portal', ssid: 'Lamp', filesSent: 0, removed: [] });
    expect((await flash(port, '--dry-run')).result()).toMatchObject({ plan: 'nothing', files: 'nothing' });
  });

  test('erases other files first, and says so in a dry run', async () => {
    home.makeBoard('other', 'micropython');
    writeFileSync(home.boardFile('other', 'mine.py'), 'print("mine")\n');
    const port = board('other');
    const dry = await home.call(['flash', '--port', port, '--firmware', LAMP, '--dry-run']);
    expect(dry.stderr).toContain('followed by files for the board');
    expect(dry.stdout).toMatch(/with the files in the image would be written after erasing the whole flash/);
    expect(existsSync(home.boardFile('other', 'mine.py'))).toBe(true);
    expect((await flash(port)).result()).toMatchObject({ plan: 'erase-and-write', files: 'write' });
    const { stdout } = await home.call(['files', 'ls', '--port', port]);
    expect(stdout).toContain('app.py');
    expect(stdout).not.toContain('mine.py');
  });

  test.each(['erase', 'write', 'write-files'])(
    'cut in %s over other files, it finishes the next time',
    async (step) => {
      const name = `cut-${step}`;
      home.makeBoard(name, 'micropython');
      writeFileSync(home.boardFile(name, 'mine.py'), 'print("mine")\n');
      const interrupt = new AbortController();
      const cut = async () => {
        await using port = await openPort(board(name));
        await flashBoard(port, {
          firmware: checkFirmware(readFileSync(LAMP), 'lamp.bin'),
          signal: interrupt.signal,
          onProgress: (event) => {
            if ('step' in event && event.step === step) interrupt.abort(new Error('cut'));
          },
        });
      };
      await expect(cut()).rejects.toThrow('cut');
      expect((await flash(board(name))).result()).toMatchObject({ ok: true, files: 'write' });
      const install = await home.call(['install', '--port', board(name), '--json', ...PORTAL]);
      expect(install.result()).toMatchObject({ state: 'portal', filesSent: 0, removed: [] });
      expect(existsSync(home.boardFile(name, 'mine.py'))).toBe(false);
    },
  );

  test('with --keep-files writes the firmware only', async () => {
    home.makeBoard('kept', 'micropython');
    writeFileSync(home.boardFile('kept', 'mine.py'), 'print("mine")\n');
    const { plan, files } = (await flash(board('kept'), '--keep-files')).result();
    expect([plan, files]).toEqual(['nothing', undefined]);
    expect(existsSync(home.boardFile('kept', 'mine.py'))).toBe(true);
  });

  test('takes the flash size of the image on an ESP8266 with more', async () => {
    expect((await flash(board('16m', '&flash=16M'))).result()).toMatchObject({ ok: true, files: 'write' });
    const log = ['monitor', '--port', board('16m', '&flash=16M'), '--reset', '--until', 'portal.ready'];
    expect((await home.call(log)).exitCode).toBe(0);
  });

  test('refuses another size of flash, and files that are damaged or cut', async () => {
    const other = await image('16m.bin', '--port', 'virtual:?chip=esp32', '--flash-size', '16M');
    expect(other.result().ok).toBe(true);
    const run = (path: string, chip = '') =>
      home.call(['flash', '--port', board('refused', chip), '--firmware', path, '--json']);
    expect((await run(here('16m.bin'), '&chip=esp32')).result()).toMatchObject({
      error: { code: 'firmware-too-large', message: expect.stringContaining('than 4096 KB') },
    });
    const whole = readFileSync(LAMP);
    const damaged = Buffer.from(whole);
    damaged[0x100000 + 20] = 0x5a;
    for (const bytes of [damaged, whole.subarray(0, -5000), whole.subarray(0, 0x100100)]) {
      const { error } = (await run(file('bad.bin', bytes))).result();
      expect(error).toMatchObject({ code: 'firmware-damaged' });
    }
  });

  test('is followed by an installation without changes in setup', async () => {
    const port = board('setup');
    const args = ['setup', '--port', port, '--firmware', LAMP, '--until', 'portal.ready', '--json'];
    const run = await home.call([...args, ...PORTAL]);
    expect(run.result()).toMatchObject({ ok: true, flash: { files: 'write' }, install: { filesSent: 0 } });
  });
});

describe('is refused', () => {
  const virtual = ['--port', 'virtual:'];
  test.each([
    ['without a chip', [], 'usage', 'name it with --chip'],
    ['for an unknown chip', ['--chip', 'esp42'], 'usage', 'esp8266, esp32'],
    ['for a chip without WiFi', ['--chip', 'esp32h2'], 'board-no-wifi', 'ESP32-H2 has no WiFi'],
    ['for a chip with WiFi in a second one', ['--chip', 'esp32p4'], 'board-no-wifi', 'no built-in WiFi'],
    ['for a smaller flash', [...virtual, '--flash-size', '512K'], 'firmware-too-large', 'room'],
    [
      'for firmware that is for more flash',
      ['--port', 'virtual:?chip=esp32', '--flash-size', '1M'],
      'firmware-too-large',
      'flash',
    ],
    ['for a static address that is none', [...virtual, '--static-ip', 'x'], 'usage', '--static-ip'],
  ])('%s', async (_what, args, code, text) => {
    const run = await image('refused.bin', ...args);
    expect(run.result()).toMatchObject({ ok: false, error: { code } });
    const { error } = run.result() as unknown as { error: { message: string } };
    expect(error.message).toContain(text);
    expect(existsSync(here('refused.bin'))).toBe(false);
  });

  test.each([
    ['a build whose files are somewhere else', esp8266Image(), '--firmware', 'is not known where'],
    ['a release before 1.19', esp8266Image(5000, '1.18'), '--firmware', 'from 1.19 to'],
  ])('%s', async (_what, bytes, option, text) => {
    const run = await image('refused.bin', option, file('unknown.bin', bytes));
    expect(run.result()).toMatchObject({
      error: { code: 'firmware-invalid', message: expect.stringContaining(text) },
    });
  });

  test('a chip that the firmware is not for', async () => {
    const run = await image('refused.bin', '--firmware', LAMP, '--chip', 'ESP32-S3');
    expect(run.result()).toMatchObject({ error: { code: 'firmware-wrong-chip' } });
  });

  test('a program without room, with its largest files', async () => {
    const large = here('large');
    mkdirSync(large);
    writeFileSync(join(large, 'app.bin'), seededBytes(2, 3_300_000));
    const run = await image('refused.bin', ...virtual, '--app', large);
    expect(run.result()).toMatchObject({
      error: { code: 'board-no-space', message: expect.stringContaining('app.bin (3300.0 KB)') },
    });
    expect(existsSync(here('refused.bin'))).toBe(false);
  });
});

describe('the file', () => {
  const virtual = ['--port', 'virtual:'];

  test('replaces an earlier one, and only its owner reads a password', async () => {
    writeFileSync(here('old.bin'), 'old', { mode: 0o644 });
    const run = await home.call(['image', '-o', here('old.bin'), ...virtual, '--ap-password', 'long enough']);
    expect(statSync(here('old.bin')).mode & 0o777).toBe(0o600);
    expect(statSync(here('old.bin')).size).toBeGreaterThan(MB);
    expect(run.stdout).toContain('keep it private');
    expect(run.stdout + run.stderr).not.toContain('long enough');
  });

  test('is not written in place of a folder or pipe, or into a folder that is missing', async () => {
    mkdirSync(here('folder'));
    execFileSync('mkfifo', [here('pipe')]);
    for (const name of ['folder', 'pipe', 'missing/lamp.bin']) {
      const { error } = (await image(name, ...virtual)).result();
      expect(error).toMatchObject({ code: 'output-failed' });
    }
    expect(statSync(here('pipe')).isFIFO()).toBe(true);
    expect(readdirSync(home.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('needs a name', async () => {
    const run = await home.call(['image', ...virtual, '--json']);
    expect(run.result()).toMatchObject({
      error: { code: 'usage', message: expect.stringContaining('file') },
    });
  });

  test('is the same whatever files its firmware is followed by', async () => {
    await image('from-lamp.bin', '--firmware', LAMP, ...PORTAL);
    expect(readFileSync(here('from-lamp.bin')).equals(readFileSync(LAMP))).toBe(true);
    rmSync(here('from-lamp.bin'));
  });
});
