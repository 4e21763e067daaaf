// Boards that are attached by the chip's own USB port, whose device leaves the bus at every restart and comes back under
// another path: every command follows it.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  EventFilter,
  flash,
  install,
  Monitor,
  monitor,
  openPort,
  type Port,
  type ProgressEvent,
  resetCredentials,
  setup,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import type { ControlLines } from '../../src/port/port.js';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** As if this device had been followed instead of the one that was there before. */
class OtherBoard extends RecordingPort {
  override get usb() {
    return { kind: 'usb-serial-jtag', mac: '02:00:00:00:00:01' } as const;
  }
}

/** As with Arduino's program, which takes no notice of RTS. */
class PortWithoutRts extends RecordingPort {
  override setLines({ dtr }: ControlLines): Promise<void> {
    return super.setLines({ dtr, rts: false });
  }
}

/** Every chip with native USB, each kind of port that it has, and the place of its first image. */
const KINDS = [
  ['esp32c3', 'serial-jtag', 0],
  ['esp32c5', 'serial-jtag', 0x2000],
  ['esp32c6', 'serial-jtag', 0],
  ['esp32c61', 'serial-jtag', 0],
  ['esp32s3', 'serial-jtag', 0],
  ['esp32p4', 'serial-jtag', 0x2000],
  ['esp32s2', 'otg', 0x1000],
  ['esp32s3', 'otg', 0],
  ['esp32p4', 'otg', 0x2000],
] as const;

/** A boot.py that prints lines until a file `go` is there. */
const WAITS_FOR_GO = `import os, time
while 'go' not in os.listdir():
    print('waiting')
    time.sleep_ms(50)
`;

/** An ESP32-P4 has WiFi from a second chip only. */
const addressOf = (name: string, chip: string, usb: string) =>
  `virtual:${name}?chip=${chip}&usb=${usb}&speed=max&http=0&dns=0${chip === 'esp32p4' ? '&wifi=c6' : ''}`;

test.concurrent.each(KINDS)(
  'an %s over %s lives: setup, monitor, install, reset-creds, flash',
  {
    timeout: 120_000,
  },
  async (chip, usb, at) => {
    const name = `${chip}-${usb}`;
    const address = addressOf(name, chip, usb);
    const firmware = ownFirmware(address);
    await using port = await openPort(address);
    const made = await setup(port, { firmware });
    expect(made).toMatchObject({ flash: { plan: 'write', version: '1.27.0' }, install: { state: 'portal' } });
    const own = Buffer.from(firmware.bytes);
    expect(
      home
        .flash(name)
        .subarray(at, at + own.length)
        .equals(own),
    ).toBe(true);

    const until = new EventFilter('portal.ready', '--until');
    // setup has read what the portal printed at its first start: this is the next one, which waits for this computer,
    // because what the board prints before its port is open again is lost.
    const [boot, go] = [home.boardFile(name, 'boot.py'), home.boardFile(name, 'go')];
    const usual = readFileSync(boot);
    writeFileSync(boot, WAITS_FOR_GO);
    await monitor(port, { reset: true, until, timeoutMs: 60_000, onLog: () => writeFileSync(go, '') });
    writeFileSync(boot, usual);
    rmSync(go);

    const config = { essid: 'Other' };
    expect(await install(port, { config })).toMatchObject({ state: 'portal', ssid: 'Other', filesSent: 1 });
    expect(await resetCredentials(port)).toMatchObject({ restarted: true, portal: { ssid: 'Other' } });
    expect(await flash(port, { firmware })).toMatchObject({ plan: 'nothing', version: '1.27.0' });
  },
);

test.concurrent('an ESP32-H2 over serial-jtag is flashed from blank and found up to date; it has no WiFi', async () => {
  const address = addressOf('h2', 'esp32h2', 'serial-jtag');
  const made = await home.call(['setup', '--port', address, '--json']);
  expect(made.result()).toMatchObject({ exitCode: 5, error: { code: 'board-no-wifi' } });
  const run = await home.call(['flash', '--port', address, '--json']);
  expect(run.result()).toMatchObject({ ok: true, plan: 'nothing', version: '1.27.0' });
});

test.concurrent.each([
  ['esp32c3', 'serial-jtag'],
  ['esp32s2', 'otg'],
  ['esp32s3', 'otg'],
])('an %s over %s restarts under the same open port in real time', async (chip, usb) => {
  const address = addressOf(`${chip}-${usb}-real`, chip, usb).replace('speed=max', 'speed=real');
  await using port = await openPort(address);
  const flashed = await flash(port, { firmware: ownFirmware(address) });
  expect(flashed.version).toBe('1.27.0');
  await expectPrompt(port);
});

test.concurrent.each([
  ['esp32c3', 'serial-jtag'],
  ['esp32s2', 'otg'],
])('an %s over %s that stands still for seconds is flashed and set up', async (chip, usb) => {
  const address = `virtual:stalls-${chip}?chip=${chip}&usb=${usb}&speed=max&stall=2000&http=0&dns=0`;
  const run = await home.call(['setup', '--port', address, '--until', 'portal.ready', '--json']);
  expect(run.result()).toMatchObject({ ok: true, flash: { plan: 'write', version: '1.27.0' } });
});

test.concurrent.each([
  ['esp32', 'otg', 'it has no native USB'],
  ['esp32s2', 'serial-jtag', 'it has otg'],
  ['esp32c3', 'otg', 'it has serial-jtag'],
])('an %s has no %s', async (chip, usb, why) => {
  await expect(openPort(`virtual:none?chip=${chip}&usb=${usb}`)).rejects.toThrow(why);
});

async function expectPrompt(port: Port): Promise<void> {
  await using repl = await RawRepl.enter(port);
  expect(await repl.exec('print(6 * 7)')).toBe('42\r\n');
}

/** The board behind `address` has these fuses. */
async function expectRefused(address: string, fuses: string): Promise<void> {
  await using port = await openPort(`${address}&fuses=${fuses}`);
  const flashing = flash(port, { firmware: ownFirmware(address), erase: true });
  await expect(flashing).rejects.toMatchObject({ code: 'board-locked' });
  await expectPrompt(port);
}

describe.concurrent('an ESP32-S2 over USB-OTG with the portal', () => {
  const address = addressOf('own-s2', 'esp32s2', 'otg');
  beforeAll(async () => {
    await using port = await openPort(address);
    await setup(port, { firmware: ownFirmware(address) });
  });

  test.sequential("is restarted by the reset key over MicroPython's own port, whose lines would lead it into its loader", async () => {
    await using port = await openPort(address);
    const stop = new AbortController();
    let starts = 0;
    const following = new Monitor(port, {
      reset: true,
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
      onLog: ({ event }) => {
        if (event !== 'portal.ready') return;
        if (++starts === 1) void following.reset();
        else stop.abort(new Error('restarted'));
      },
    });
    await expect(following.follow()).rejects.toThrow('restarted');
    expect(port.usb?.kind).toBe('usb-cdc');
  });

  test.sequential('is refused when flash-encryption locks it, and leaves its loader', () =>
    expectRefused(address, 'flash-encryption'));

  test.sequential('is given back to its program by an interrupted flash', async () => {
    await using port = await openPort(address);
    const stop = new AbortController();
    const onProgress = ({ event }: ProgressEvent) => {
      if (event === 'contents') stop.abort(new Error('enough'));
    };
    const firmware = ownFirmware(`${address}&micropython=1.23`);
    await expect(flash(port, { firmware, signal: stop.signal, onProgress })).rejects.toThrow('enough');
    await expectPrompt(port);
  });
});

describe.concurrent('an ESP32-S3 over USB-OTG', () => {
  const address = addressOf('own-s3', 'esp32s3', 'otg');
  beforeAll(async () => {
    await using board = await openPort(address);
    await flash(board, { firmware: ownFirmware(`${address}&micropython=1.23`) });
  });

  test.sequential('is led into the loader by the touch at 1200 baud, for a program that knows nothing else', async () => {
    await using board = await openPort(address);
    const port = new PortWithoutRts(board);
    expect(await flash(port, { firmware: ownFirmware(address) })).toMatchObject({
      plan: 'write',
      version: '1.27.0',
    });
  });

  test.sequential('is refused when secure-boot locks it, and leaves its loader', () =>
    expectRefused(address, 'secure-boot'));
});

test.concurrent('another board than the one that left the bus is restarted as it is', async () => {
  const address = 'virtual:another?chip=esp32c3&usb=serial-jtag&speed=max&http=0&dns=0';
  await using board = await openPort(address);
  const port = new OtherBoard(board);
  const firmware = ownFirmware(address);
  await expect(flash(port, { firmware, erase: true })).rejects.toMatchObject({
    code: 'port-ambiguous',
    message: expect.stringContaining('not 02:00:00:00:00:01. Nothing on the board was changed.'),
  });
  const harmless = [0x08, 0x0a, 0x14]; // SYNC, READ_REG, GET_SECURITY_INFO
  expect(port.commands.filter((op) => !harmless.includes(op))).toEqual([]);
});
