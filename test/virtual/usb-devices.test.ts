// The list of ports while a virtual board with native USB has power: its device comes, leaves and comes back elsewhere.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { discoverPorts, flash, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
const env = { ESP_PORTAL_USB_DEVICES: join(home.folder, 'devices') };
beforeAll(() => {
  Object.assign(process.env, env, { ESP_PORTAL_STATE_DIR: home.folder });
});
afterAll(() => home[Symbol.dispose]());

const address = 'virtual:listed?chip=esp32s2&usb=otg&speed=max&http=0&dns=0';
const devices = async () =>
  (await discoverPorts(env.ESP_PORTAL_USB_DEVICES))
    .filter(({ path }) => path.startsWith('virtual:'))
    .map(({ path, kind, mac }) => ({ path, kind, mac }));
const at = (place: number) => `virtual:listed/ttyACM${place}`;

test('shows the device where it is, with its kind and MAC address, and none without power', async () => {
  expect(await devices()).toEqual([]);
  {
    await using port = await openPort(address);
    // Blank: the ROM's own device, which does not report the address.
    expect(await devices()).toEqual([{ path: at(0), kind: 'usb-rom', mac: undefined }]);
    await flash(port, { firmware: ownFirmware(`${address}&micropython=1.23`) });
  }
  expect(await devices()).toEqual([]);

  await using port = await openPort(address);
  const run = await home.run(['ports', '--json'], () => {}, env);
  const { mac } = port.usb ?? {};
  const found = { path: at(0), kind: 'usb-cdc', usbId: '303a:4001', mac };
  expect(run.result()).toMatchObject({ ports: expect.arrayContaining([expect.objectContaining(found)]) });
  let inLoader: unknown;
  const onProgress = (event: ProgressEvent) => {
    if (event.event === 'step' && event.step === 'load-stub')
      inLoader = JSON.parse(readFileSync(join(env.ESP_PORTAL_USB_DEVICES, 'listed.json'), 'utf8'));
  };
  await flash(port, { firmware: ownFirmware(address), onProgress });
  expect(inLoader).toMatchObject({ path: at(1), productId: '0002', serialNumber: '0' });
  // It may have been restarted once more, to let its program run.
  await using _atPrompt = await RawRepl.enter(port);
  const [device, ...others] = await devices();
  expect(device).toMatchObject({ kind: 'usb-cdc', mac });
  expect([at(2), at(3)]).toContain(device?.path);
  expect(others).toEqual([]);
});
