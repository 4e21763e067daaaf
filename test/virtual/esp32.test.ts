// The main job on the other chip: a blank ESP32 is flashed, and what it must not be flashed with is refused.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkFirmware, flash, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { esp8266Image } from '../support/images.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

test.each([
  ['at-once', 'speed=max', 4],
  ['in-time', 'speed=real', 4],
  ['large', 'speed=max&flash=16M', 16],
])('a blank ESP32 (%s) is flashed end to end with %s', async (name, options, megabytes) => {
  await using port = await openPort(`virtual:${name}?chip=esp32&http=0&dns=0&${options}`);
  const firmware = ownFirmware(`virtual:?chip=esp32&${options}`);
  const flashed = await flash(port, {
    firmware,
    erase: name === 'large',
  });
  expect(flashed).toMatchObject({
    chip: 'ESP32-D0WD-V3 (revision v3.0)',
    flashSizeBytes: megabytes * 1024 * 1024,
    version: '1.27.0',
  });
  expect(flashed.mac).toMatch(/^24:0a:c4:/);
  {
    await using repl = await RawRepl.enter(port);
    const told = await repl.exec(
      'import sys, os\nprint(sys.platform, os.uname().machine, len(os.listdir()))',
    );
    expect(told).toBe('esp32 Generic ESP32 module with ESP32 1\r\n');
  }
  const contents = home.flash(name);
  expect(contents.subarray(0x1000, 0x1000 + firmware.bytes.length).equals(firmware.bytes)).toBe(true);
});

test('a program with the same bootloader and other partitions is erased with all that it left', async () => {
  const firmware = ownFirmware('virtual:?chip=esp32');
  const foreign = Buffer.alloc(0x220000, 0xff);
  foreign.set(firmware.bytes, 0x1000);
  foreign.writeUInt32LE(0x200000, 0x8000 + 2 * 32 + 8); // the last partition has another size
  foreign.fill(0x55, 0x210000); // and something is in it
  mkdirSync(dirname(home.flashFile('foreign')), { recursive: true });
  writeFileSync(home.flashFile('foreign'), foreign);

  await using port = await openPort('virtual:foreign?chip=esp32&http=0&dns=0&speed=max');
  const events: ProgressEvent[] = [];
  const onProgress = (event: ProgressEvent) => events.push(event);
  const flashed = await flash(port, { firmware, onProgress });
  expect(flashed).toMatchObject({ plan: 'erase-and-write', version: '1.27.0' });
  expect(events).toContainEqual({ event: 'contents', contents: 'other-layout' });
  expect(events).toContainEqual({ event: 'step', step: 'erase' });
  const contents = home.flash('foreign');
  expect(contents.subarray(0x1000, 0x1000 + firmware.bytes.length).equals(firmware.bytes)).toBe(true);
  expect(contents.includes(Buffer.alloc(16, 0x55), 0x210000)).toBe(false);
});

describe.each(['esp32', 'esp32c3'])('files of an %s', (chip) => {
  const address = (name: string, release: string, options = '') =>
    `virtual:${name}-${chip}?chip=${chip}&micropython=${release}&http=0&dns=0&speed=max${options}`;

  async function flashOwn(path: string): Promise<{ plan: string; files: string }> {
    await using port = await openPort(path);
    const { plan } = await flash(port, { firmware: ownFirmware(path) });
    await using repl = await RawRepl.enter(port);
    const files = await repl.exec("import os\nopen('mark', 'a').close()\nprint(sorted(os.listdir()))");
    return { plan, files: files.trim() };
  }

  test('stay in an update to 1.26 or later, and in one back, where the flash has 4 MB', async () => {
    expect((await flashOwn(address('moved', '1.23'))).plan).toBe('write');
    const update = await flashOwn(address('moved', '1.27'));
    expect(update).toMatchObject({ plan: 'write', files: expect.stringContaining('mark') });
    const back = await flashOwn(address('moved', '1.23'));
    expect(back).toMatchObject({ plan: 'write', files: expect.stringContaining('mark') });
  });

  test('are elsewhere after that update where the flash has more', async () => {
    await flashOwn(address('larger', '1.23', '&flash=16M'));
    expect(await flashOwn(address('larger', '1.27', '&flash=16M'))).toMatchObject({
      plan: 'erase-and-write',
    });
    expect(await flashOwn(address('larger', '1.29', '&flash=16M'))).toMatchObject({ plan: 'write' });
  });
});

test('an image for an ESP8266 is refused before anything is written', async () => {
  await using port = await openPort('virtual:wrong?chip=esp32&http=0&dns=0&speed=max');
  const firmware = checkFirmware(esp8266Image(), 'esp8266.bin');
  await expect(flash(port, { firmware })).rejects.toMatchObject({ code: 'firmware-wrong-chip' });
  expect(home.flash('wrong')).toHaveLength(0);
});
