// Boards that are hard to reach: what each preset leads to, and what repairs it.

import { writeFileSync } from 'node:fs';
import { flash, install, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLASSIC, runResetSequence } from '../../src/esp/resets.js';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** A board of its own for each test. */
let boards = 0;
function open(preset: string, options = 'speed=max'): Promise<Port> {
  return openPort(`virtual:preset-${++boards}?preset=${preset}&http=0&dns=0&${options}`);
}

/** What the board computes, as the sign that its prompt is ours. */
async function compute(port: Port): Promise<string> {
  await using repl = await RawRepl.enter(port);
  return await repl.exec('print(6 * 7)'); // before the prompt is given back
}

/** Mostly they wait, and so side by side. */
describe.concurrent('what takes its time', () => {
  describe('a board whose filesystem is corrupt', () => {
    test.each(['esp8266', 'esp32'])(
      '(%s) says so, can be interrupted, takes no files, and is healed by erasing',
      async (chip) => {
        await using port = await open('corrupt-fs', `speed=max&chip=${chip}`);
        let said = '';
        while (!/reprogram MicroPython\.|firmware programming\)\./.test(said)) {
          const bytes = await port.read({ timeoutMs: 30_000 });
          if (!bytes) throw new Error(`it went silent after ${said}`);
          said += Buffer.from(bytes).toString('latin1');
        }
        expect(said).toMatch(
          /The filesystem (starting at sector 256 with size 763 sectors looks corrupt|appears to be corrupted)/,
        );
        expect(await compute(port)).toBe('42\r\n');
        await expect(install(port)).rejects.toMatchObject({ code: 'board-no-filesystem' });

        await flash(port, { firmware: ownFirmware(`virtual:?chip=${chip}`), erase: true });
        expect(await install(port)).toMatchObject({ state: 'portal' });
      },
    );
  });

  describe('a board whose REPL was taken off the UART', () => {
    test('does not answer, and is repaired by erasing', async () => {
      await using port = await open('repl-off');
      await expect(RawRepl.enter(port)).rejects.toMatchObject({ code: 'repl-off' });
      await flash(port, { firmware: ownFirmware(), erase: true });
      expect(await compute(port)).toBe('42\r\n');
    });
  });

  test('an ESP32 with a blank flash restarts repeatedly and prints the reason', async () => {
    await using port = await openPort('virtual:blank-esp32?chip=esp32&speed=max&http=0&dns=0');
    await expect(RawRepl.enter(port)).rejects.toMatchObject({
      code: 'repl-boot-loop',
      message: expect.stringContaining('its flash holds no firmware'),
    });
  });

  test('an ESP8266 with a blank flash starts and prints nothing', async () => {
    await using port = await openPort('virtual:blank-esp8266?speed=max&http=0&dns=0');
    await expect(RawRepl.enter(port)).rejects.toMatchObject({ code: 'repl-off' });
  });

  test('a board that never answers has neither a prompt nor a loader', async () => {
    await using port = await open('silent');
    await expect(RawRepl.enter(port)).rejects.toMatchObject({ code: 'repl-silent' });
    await expect(flash(port, { firmware: ownFirmware() })).rejects.toMatchObject({
      code: 'loader-silent',
    });
  });
});

describe.each(['speed=max', 'speed=real'])('with %s', (speed) => {
  test('a board that loops with a bare `while True` is interrupted', async () => {
    await using port = await open('bare-loop', speed);
    expect(await compute(port)).toBe('42\r\n');
  });

  test('a board in a boot loop is reset and interrupted while it boots', async () => {
    const name = `reboots-${speed.slice(6)}`;
    home.makeBoard(name, 'micropython');
    // Ctrl-C counts for this long at each start: also a busy computer meets it.
    const main = "import machine, time\nprint('Starting')\ntime.sleep_ms(200)\nmachine.reset()\n";
    writeFileSync(home.boardFile(name, 'main.py'), main);
    await using port = await openPort(`virtual:${name}?http=0&dns=0&${speed}`);
    expect(await compute(port)).toBe('42\r\n');
  });
});

test('a board whose program swallows Ctrl-C for a second is entered all the same', async () => {
  await using port = await open('stubborn');
  expect(await compute(port)).toBe('42\r\n');
});

test('a board that was left in its ROM loader is reset and entered', async () => {
  await using port = await open('bare-loop');
  await runResetSequence(port, CLASSIC);
  expect(await compute(port)).toBe('42\r\n');
});

test('an ESP8285 is identified by its efuse, flashed, and installed on within 1 MB', async () => {
  await using port = await open('esp8285');
  const flashed = await flash(port, { firmware: ownFirmware('virtual:?preset=esp8285') });
  expect(flashed).toMatchObject({ chip: 'ESP8285', flashSizeBytes: 1024 * 1024 });
  expect(await install(port)).toMatchObject({ state: 'portal' });
});

describe.each(['error', 'reset', 'silence'])('a ROM that takes unknown commands with %s', (security) => {
  test.each(['esp8266', 'esp32'])('is flashed all the same (%s)', async (chip) => {
    await using port = await openPort(
      `virtual:${security}-${chip}?security=${security}&chip=${chip}&speed=max&http=0&dns=0`,
    );
    const firmware = ownFirmware(`virtual:?chip=${chip}`);
    expect(await flash(port, { firmware })).toMatchObject({ version: '1.27.0' });
  });
});

test.each([
  ['512K', 512 * 1024],
  ['1M', 1024 * 1024],
  ['8M', 8 * 1024 * 1024],
  ['16M', 16 * 1024 * 1024],
])('an ESP8266 with %s of flash is flashed', async (size, sizeBytes) => {
  await using port = await openPort(`virtual:size-${size}?flash=${size}&speed=max&http=0&dns=0`);
  expect(await flash(port, { firmware: ownFirmware(`virtual:?flash=${size}`), erase: true })).toMatchObject({
    flashSizeBytes: sizeBytes,
    version: '1.27.0',
  });
});
