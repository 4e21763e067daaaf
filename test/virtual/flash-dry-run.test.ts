// flash --dry-run looks and tells, and leaves every byte of the flash and the running board as they were.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkFirmware, flash, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { arduinoImage, esp8266Image } from '../support/images.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

function put(board: string, contents: Uint8Array): void {
  mkdirSync(dirname(home.flashFile(board)), { recursive: true });
  writeFileSync(home.flashFile(board), contents);
}

const image = esp8266Image();
const FILES_AT = 0x100000;
const FILES_AT_ESP32 = 0x200000;

test.each([
  ['nothing', 'same', image, {}],
  ['write', 'micropython', esp8266Image(5000, '1.23.0'), {}],
  ['write', 'blank', Buffer.of(), {}],
  ['erase-and-write', 'other', arduinoImage(), {}],
  ['write', 'other', arduinoImage(), { keepFiles: true }],
  ['erase-and-write', 'same', image, { erase: true }],
])(
  '"%s" is planned for a flash whose contents are "%s", and not a byte changes',
  async (plan, contents, before, wishes) => {
    const board = `${plan}-${contents}-${Object.keys(wishes).join()}`.replaceAll(/\W/g, '-');
    put(board, before);
    const events: ProgressEvent[] = [];
    {
      await using port = await openPort(`virtual:${board}?speed=max&http=0&dns=0`);
      const firmware = checkFirmware(image, 'image.bin');
      const onProgress = (event: ProgressEvent) => events.push(event);
      const result = await flash(port, { firmware, dryRun: true, ...wishes, onProgress });
      expect(result).toMatchObject({ dryRun: true, plan, version: '1.27.0', banner: undefined });
    }
    expect(events).toContainEqual({ event: 'contents', contents });
    const steps = events.flatMap((event) => (event.event === 'step' ? [event.step] : []));
    expect(steps).toEqual(['enter-loader', 'load-stub', 'restart']);
    // MicroPython has made its filesystem behind that, when the board got power.
    expect(home.flash(board).subarray(0, before.length).equals(before)).toBe(true);
    expect(
      home
        .flash(board)
        .subarray(before.length, FILES_AT)
        .every((byte) => byte === 0xff),
    ).toBe(true);
  },
);

test('the board is back in its program afterwards', async () => {
  await using port = await openPort('virtual:runs-on?speed=max&http=0&dns=0&chip=esp32');
  const firmware = ownFirmware('virtual:?chip=esp32');
  await flash(port, { firmware });
  const before = home.flash('runs-on').subarray(0, FILES_AT_ESP32);
  await expect(flash(port, { firmware, erase: true, dryRun: true })).resolves.toMatchObject({
    plan: 'erase-and-write',
  });
  await using repl = await RawRepl.enter(port);
  expect(await repl.exec('print(6 * 7)')).toBe('42\r\n');
  expect(home.flash('runs-on').subarray(0, FILES_AT_ESP32).equals(before)).toBe(true);
});
