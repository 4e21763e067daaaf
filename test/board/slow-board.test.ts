// A board on which flash and interpreter take ten times what they take on a chip is slow, not silent.

import { flash, install, openPort, type Port, resetCredentials } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const ADDRESS = 'virtual:slow?speed=slow&flash=1M&http=0&dns=0';
const home = new CliHome();
let port: Port;

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  port = await openPort(ADDRESS);
});
afterAll(async () => {
  await port?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

test('it is flashed, gets the portal, and forgets its network', { timeout: 240_000 }, async () => {
  const firmware = ownFirmware(ADDRESS);
  expect(await flash(port, { firmware })).toMatchObject({ version: firmware.version });
  expect(await install(port)).toMatchObject({ state: 'portal' });
  expect(await resetCredentials(port)).toMatchObject({ portal: { state: 'portal' } });
});
