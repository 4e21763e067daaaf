// What the loader finds out about a board before anything is written: locks, revision, whether its lines work.

import { checkFirmware, flash, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ChipLoader } from '../../src/esp/loader.js';
import { CliHome } from '../support/cli.js';
import { type Esp32Chip, esp32Image } from '../support/images.js';
import { LateAtNewRate, LatePort, RecordingPort } from '../support/port-wrappers.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const address = (name: string, options: string) => `virtual:${name}?http=0&dns=0&speed=max&${options}`;

/** Commands of the ROM loader that change nothing: SYNC, READ_REG, GET_SECURITY_INFO. */
const HARMLESS = [0x08, 0x0a, 0x14];

describe('a locked board', () => {
  const CASES = [
    ['esp32', 'flash-encryption', 'The ESP32 on', 'enable flash encryption'],
    ['esp32', 'secure-boot', 'The ESP32 on', 'enable secure boot'],
    ['esp32', 'secure-boot&revision=v1.0', 'The ESP32 on', 'enable secure boot'],
    ['esp32', 'flash-encryption,secure-boot', 'The ESP32 on', 'enable flash encryption and secure boot'],
    ['esp32c3', 'flash-encryption', 'The ESP32-C3 on', 'enable flash encryption'],
    ['esp32c3', 'secure-boot', 'The ESP32-C3 on', 'enable secure boot'],
    ['esp32c3', 'secure-download', 'The ESP32-C3 on', 'enable secure download mode'],
    ['esp32s2', 'flash-encryption', 'The ESP32-S2 on', 'enable flash encryption'],
    ['esp32s3', 'secure-boot', 'The ESP32-S3 on', 'enable secure boot'],
    ['esp32c6', 'secure-download', 'The ESP32-C6 on', 'enable secure download mode'],
    ['esp32p4', 'flash-encryption', 'The ESP32-P4 on', 'enable flash encryption'],
  ] as const;

  test.concurrent.each(CASES)(
    '%s with %s is refused before the first command that writes',
    async (chip, fuses, who, what) => {
      const name = `locked-${chip}-${fuses.replaceAll(/\W/g, '-')}`;
      {
        await using before = await openPort(address(name, `chip=${chip}`));
        await flash(before, { firmware: ownFirmware(`virtual:?chip=${chip}`) });
      }
      const written = home.flash(name);
      await using port = await openPort(address(name, `chip=${chip}&fuses=${fuses}&micropython=1.23`));
      const firmware = ownFirmware(`virtual:?chip=${chip}&micropython=1.23`);
      for (const options of [{ erase: true }, { keepFiles: true }, { dryRun: true }]) {
        const recorder = new RecordingPort(port);
        const error = await flash(recorder, { firmware, ...options }).catch((error) => error);
        expect(error).toMatchObject({ code: 'board-locked', message: expect.stringContaining(what) });
        expect(error.message).toContain(who);
        expect(recorder.commands.filter((op) => !HARMLESS.includes(op))).toEqual([]);
      }
      expect(home.flash(name).equals(written)).toBe(true);
    },
  );
});

describe('the revision of a chip', () => {
  test.concurrent.each([
    ['esp32', 'v0.0', 0],
    ['esp32', 'v1.0', 100],
    ['esp32', 'v2.0', 200],
    ['esp32', 'v3.1', 301],
    ['esp32c3', 'v0.0', 0],
    ['esp32c3', 'v0.4', 4],
    ['esp32c3', 'v1.9', 109],
    ['esp32s2', 'v1.9', 109],
    ['esp32s3', 'v0.10', 10],
    ['esp32c2', 'v2.15', 215],
    ['esp32c5', 'v1.2', 102],
    ['esp32c6', 'v0.2', 2],
    ['esp32c6', 'v1.5', 105],
    ['esp32c61', 'v1.1', 101],
    ['esp32h2', 'v1.7', 107],
    ['esp32p4', 'v1.3', 103],
    ['esp32p4', 'v4.1', 401],
    ['esp8266', undefined, undefined],
  ] as const)('is read on an %s of revision %s', async (chip, text, revision) => {
    const options = text === undefined ? '' : `&revision=${text}`;
    await using port = await openPort(address(`revision-${chip}-${revision}`, `chip=${chip}${options}`));
    const loader = await ChipLoader.connect(port, { fastBaudRate: 460800 });
    expect(loader.revision).toBe(revision);
    const facts = await loader.prepare(115200);
    expect(facts.revision).toBe(text);
    expect(facts.chip).toMatch(text === undefined ? /^ESP8266EX$/ : /^ESP32\S*(?: \(QFN\d+\))? \(revision /);
    expect(facts.chip).toContain(text ?? '');
    await loader.restart(115200);
  });

  test.concurrent.each<[string, Esp32Chip, string, [number, number], string]>([
    ['esp32c3', 'ESP32-C3', 'v0.0', [3, 199], 'v0.3 to v1.99, the ESP32-C3 of this board has v0.0'],
    ['esp32c3', 'ESP32-C3', 'v2.0', [3, 199], 'v0.3 to v1.99, the ESP32-C3 of this board has v2.0'],
    ['esp32', 'ESP32', 'v1.0', [300, 0], 'v3.0 or later, the ESP32 of this board has v1.0'],
  ])(
    '%s decides whether an image is taken, before anything is written',
    async (name, chip, revision, range, message) => {
      const image = esp32Image(chip, { revisions: range });
      await using port = await openPort(
        address(`${name}-${revision[1]}`, `chip=${name}&revision=${revision}`),
      );
      const recorder = new RecordingPort(port);
      await expect(
        flash(recorder, { firmware: checkFirmware(image, 'x.bin'), erase: true }),
      ).rejects.toMatchObject({ code: 'firmware-wrong-chip', message: expect.stringContaining(message) });
      expect(recorder.commands.filter((op) => !HARMLESS.includes(op))).toEqual([]);
      expect(home.flash(`${name}-${revision[1]}`)).toHaveLength(0);
    },
  );

  test.concurrent('that is too old makes a virtual board restart in its bootloader, as it does a chip', async () => {
    {
      await using port = await openPort(address('loop', 'chip=esp32c3&revision=v0.4'));
      await flash(port, { firmware: ownFirmware('virtual:?chip=esp32c3') });
    }
    await using port = await openPort(address('loop', 'chip=esp32c3&revision=v0.0'));
    let text = '';
    while (!text.includes('found v0.0.'))
      text += Buffer.from((await port.read({ timeoutMs: 30_000 })) ?? []).toString('latin1');
    expect(text).toContain('boot_comm: chip revision check failed. Required >= v0.3, found v0.0.');
  });
});

test.concurrent('a blank ESP32-C3 is flashed end to end', async () => {
  await using port = await openPort(address('c3', 'chip=esp32c3'));
  const firmware = ownFirmware('virtual:?chip=esp32c3');
  const result = await flash(port, { firmware });
  expect(result).toMatchObject({
    chip: expect.stringMatching(/^ESP32-C3 \(QFN32\)/),
    revision: 'v0.4',
    version: '1.27.0',
  });
  expect(result.mac).toMatch(/^7c:df:a1:/);
  expect(home.flash('c3').subarray(0, firmware.bytes.length).equals(firmware.bytes)).toBe(true);
});

test.concurrent.each(['esp32', 'esp8266'])(
  'the lines of an %s work although its banner comes as late as the answer to SYNC',
  async (chip) => {
    await using port = await openPort(address(`late-${chip}`, `chip=${chip}`));
    const events: ProgressEvent[] = [];
    const result = await flash(new LatePort(port), {
      firmware: ownFirmware(`virtual:?chip=${chip}`),
      onProgress: (event) => events.push(event),
    });
    expect(result.version).toBe('1.27.0');
    expect(events.filter(({ event }) => event === 'action')).toEqual([]);
  },
);

test.concurrent('the flash modes are tried also where the banner comes late', async () => {
  await using port = await openPort(address('late-dout', 'chip=esp32&flash-modes=dout'));
  const result = await flash(new LatePort(port), {
    firmware: ownFirmware('virtual:?chip=esp32'),
  });
  expect(result.flashMode).toBe('dout');
});

test.concurrent('a board without reset lines that waits in its loader is still one that has to be reset by hand', async () => {
  await using port = await openPort(address('by-hand', 'chip=esp32&lines=none&starts=download'));
  const loader = await ChipLoader.connect(new LatePort(port), { fastBaudRate: 460800 });
  expect(await loader.restart(115200)).toBe('by-hand');
});

test.concurrent('an answer that comes late at the new baud rate is not taken for the next one', async () => {
  const options = { fastBaudRate: 460800 };
  await using board = await openPort(address('late-rate', 'chip=esp32&revision=v3.1'));
  const expected = await (await ChipLoader.connect(board, options)).prepare(460800);
  const late = await ChipLoader.connect(new LateAtNewRate(board), options);
  expect(await late.prepare(460800)).toEqual(expected);
});

/** Keeps the rate at which each command was sent. */
class RatesPort extends RecordingPort {
  readonly rates: number[] = [];

  override async write(bytes: Uint8Array): Promise<void> {
    await super.write(bytes);
    while (this.rates.length < this.commands.length) this.rates.push(this.baudRate);
  }
}

test.concurrent('without reset lines the firmware is started when the port has its rate, so that no line is missed', async () => {
  const place = address('held', 'lines=none&starts=download');
  await using board = await openPort(place);
  const port = new RatesPort(board);
  const { banner, baudRate } = await flash(port, { firmware: ownFirmware(place) });
  expect(banner).toMatch(/^MicroPython v1\.27\.0/);
  expect(baudRate).toBe(460800);
  expect(port.rates).toContain(460800);
  const RUN_USER_CODE = 0xd3;
  expect(port.rates[port.commands.lastIndexOf(RUN_USER_CODE)]).toBe(115200);
});
