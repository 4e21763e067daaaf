// Boards with native USB behind a network, which hides the kind of their port: RFC 2217 tells neither vendor nor product id.

import { openPort, type ProgressEvent, setup } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

test.each([
  ['esp32s2', 'otg'],
  ['esp32s3', 'otg'],
  ['esp32c6', 'serial-jtag'],
])(
  'a blank %s over %s is set up, and used by one client after the other',
  { timeout: 180_000 },
  async (chip, usb) => {
    const address = `virtual:served-${chip}?chip=${chip}&usb=${usb}&speed=max&http=0&dns=0`;
    await using served = await serveBoard(address);
    {
      await using port = await openPort(served.url);
      const actions: ProgressEvent[] = [];
      const onProgress = (event: ProgressEvent) => {
        if (event.event === 'action') actions.push(event); // such as: press RESET
      };
      const made = await setup(port, {
        firmware: ownFirmware(address),
        filesInFlash: false, // the build is read at the prompt
        onProgress,
      });
      expect(actions).toEqual([]);
      expect(made).toMatchObject({
        flash: { plan: 'write', version: '1.27.0', build: expect.stringContaining('ESP32_GENERIC_') },
        install: { state: 'portal' },
      });
    }
    const run = (...args: string[]) => home.call([...args, '--port', served.url, '--json']);
    const log = await run('monitor', '--reset', '--until', 'portal.ready', '--timeout', '60');
    expect(log.result()).toMatchObject({ ok: true, until: 'portal.ready' });
    const reset = await run('reset-creds');
    expect(reset.result()).toMatchObject({ ok: true, portal: { state: 'portal' } });
  },
);

test('a board is flashed from its program, which machine.bootloader() ends, and started', {
  timeout: 120_000,
}, async () => {
  const address = 'virtual:from-program?chip=esp32s2&usb=otg&speed=max&http=0&dns=0';
  const older = await home.call(['flash', '--port', `${address}&micropython=1.23`, '--json']);
  expect(older.result()).toMatchObject({ ok: true, version: '1.23.0' });
  await using served = await serveBoard(address);
  await using port = await openPort(served.url);
  const { flash } = await setup(port, { firmware: ownFirmware(address) });
  expect(flash).toMatchObject({ plan: 'write', version: '1.27.0' });
});
