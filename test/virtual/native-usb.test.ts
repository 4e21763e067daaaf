// Boards that are attached by the chip's own USB port, whose device leaves the bus at every restart and comes back under
// another path: every command follows it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFirmware, flash, openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { virtualBoard } from '../../src/virtual-board/open.js';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';

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

const KINDS = [
  ['esp32c3', 'serial-jtag', 0],
  ['esp32c6', 'serial-jtag', 0],
  ['esp32s2', 'otg', 0x1000],
  ['esp32s3', 'serial-jtag', 0],
  ['esp32s3', 'otg', 0],
] as const;

describe.each(KINDS)('an %s over %s', (chip, usb, at) => {
  const address = `virtual:${chip}-${usb}?chip=${chip}&usb=${usb}&speed=max&http=0&dns=0`;
  const own = () => Buffer.from(virtualBoard(address).ownFirmware);

  test('is set up from blank, updated, followed and reset', async () => {
    const setup = await home.call(['setup', '--port', address, '--until', 'portal.ready', '--json']);
    expect(setup.result()).toMatchObject({ ok: true, flash: { plan: 'write', version: '1.27.0' } });
    const contents = readFileSync(join(home.folder, 'virtual', `${chip}-${usb}`, 'flash.bin'));
    expect(contents.subarray(at, at + own().length).equals(own())).toBe(true);

    const again = await home.call(['flash', '--port', address, '--json']);
    expect(again.result()).toMatchObject({ ok: true, plan: 'nothing' });

    const until = ['--until', 'portal.ready', '--timeout', '60'];
    const log = await home.call(['monitor', '--port', address, ...until, '--json']);
    expect(log.result()).toMatchObject({ ok: true });

    const reset = await home.call(['reset-creds', '--port', address, '--json']);
    expect(reset.result()).toMatchObject({ ok: true });
  });

  test('restarts under the same open port, also in real time', async () => {
    await using port = await openPort(address.replace('?', '-real?').replace('speed=max', 'speed=real'));
    const flashed = await flash(port, { firmware: checkFirmware(own(), 'own firmware') });
    expect(flashed.version).toBe('1.27.0');
    await using repl = await RawRepl.enter(port);
    expect(await repl.exec('print(6 * 7)')).toBe('42\r\n');
  });
});

test.each([
  ['esp32c5', 'serial-jtag'],
  ['esp32c61', 'serial-jtag'],
  ['esp32h2', 'serial-jtag'],
  ['esp32p4', 'serial-jtag'],
  ['esp32p4', 'otg'],
])('an %s over %s is flashed from blank, and found up to date', async (chip, usb) => {
  const address = `virtual:${chip}-${usb}?chip=${chip}&usb=${usb}&speed=max&http=0&dns=0`;
  for (const plan of ['write', 'nothing']) {
    const run = await home.call(['flash', '--port', address, '--json']);
    expect(run.result()).toMatchObject({ ok: true, plan, version: '1.27.0' });
  }
});

test.each([
  ['esp32c3', 'serial-jtag'],
  ['esp32s2', 'otg'],
])('an %s over %s that stands still for seconds is flashed and set up', async (chip, usb) => {
  const address = `virtual:stalls-${chip}?chip=${chip}&usb=${usb}&speed=max&stall=2000&http=0&dns=0`;
  const setup = await home.call(['setup', '--port', address, '--until', 'portal.ready', '--json']);
  expect(setup.result()).toMatchObject({ ok: true, flash: { plan: 'write', version: '1.27.0' } });
});

test('a board whose USB port is behind a network is flashed from its program, and started', {
  timeout: 120_000,
}, async () => {
  const address = 'virtual:served?chip=esp32s2&usb=otg&speed=max&http=0&dns=0';
  const older = await home.call(['flash', '--port', `${address}&micropython=1.23`, '--json']);
  expect(older.result()).toMatchObject({ ok: true, version: '1.23.0' });
  const simulator = home.start(['simulate', '--port', address, '--listen', '127.0.0.1:0', '--json']);
  const { url } = JSON.parse(await simulator.line('rfc2217://')) as { url: string };
  {
    await using port = await openPort(url);
    const firmware = checkFirmware(Buffer.from(virtualBoard(address).ownFirmware), 'own firmware');
    expect(await flash(port, { firmware })).toMatchObject({ plan: 'write', version: '1.27.0' });
  }
  await simulator.stop();
});

test.each([
  ['esp32', 'otg', 'it has no native USB'],
  ['esp32s2', 'serial-jtag', 'it has otg'],
  ['esp32c3', 'otg', 'it has serial-jtag'],
])('an %s has no %s', async (chip, usb, why) => {
  await expect(openPort(`virtual:none?chip=${chip}&usb=${usb}`)).rejects.toThrow(why);
});

test.each([
  ['flash-encryption', 'esp32s2'],
  ['secure-boot', 'esp32s3'],
])('a board locked by %s is refused over USB-OTG, and leaves its loader', async (fuses, chip) => {
  const address = `virtual:locked-${chip}?chip=${chip}&usb=otg&speed=max&http=0&dns=0`;
  const firmware = checkFirmware(Buffer.from(virtualBoard(address).ownFirmware), 'own firmware');
  {
    await using before = await openPort(address);
    await flash(before, { firmware });
  }
  await using port = await openPort(`${address}&fuses=${fuses}`);
  await expect(flash(port, { firmware, erase: true })).rejects.toMatchObject({ code: 'board-locked' });
  await using repl = await RawRepl.enter(port);
  expect(await repl.exec('print(6 * 7)')).toBe('42\r\n');
});

test('another board than the one that left the bus is restarted as it is', async () => {
  const address = 'virtual:another?chip=esp32c3&usb=serial-jtag&speed=max&http=0&dns=0';
  await using board = await openPort(address);
  const port = new OtherBoard(board);
  const firmware = checkFirmware(Buffer.from(virtualBoard(address).ownFirmware), 'own firmware');
  await expect(flash(port, { firmware, erase: true })).rejects.toMatchObject({
    code: 'port-ambiguous',
    message: expect.stringContaining('not 02:00:00:00:00:01. Nothing on the board was changed.'),
  });
  const harmless = [0x08, 0x0a, 0x14]; // SYNC, READ_REG, GET_SECURITY_INFO
  expect(port.commands.filter((op) => !harmless.includes(op))).toEqual([]);
});
