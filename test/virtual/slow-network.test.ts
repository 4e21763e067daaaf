// A board behind a network whose round trip takes 200 ms, more or less: what it answers late is no silence, and its lines
// work.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { flash, install, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { seededRandom } from '../support/random.js';
import { serveBoard } from '../support/served-board.js';
import { ownFirmware } from '../support/virtual-firmware.js';

/** Of each way, which differs from packet to packet. */
const ONE_WAY_MS = { min: 50, max: 150 };
const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Passes everything on in order, each way so much later. @returns its port, until disposed */
async function delayed(tcpPort: number) {
  const sockets = new Set<Socket>();
  const random = seededRandom(15);
  const later = (from: Socket, to: Socket) => {
    sockets.add(from);
    let before = Promise.resolve();
    const pass = (action: () => void) => {
      const delayMs = ONE_WAY_MS.min + random(ONE_WAY_MS.max - ONE_WAY_MS.min);
      const arrival = new Promise((resolve) => setTimeout(resolve, delayMs));
      before = Promise.all([before, arrival]).then(action);
    };
    from.on('data', (bytes) => pass(() => to.write(bytes)));
    from.on('close', () => pass(() => to.destroy()));
    from.on('error', () => {});
  };
  const proxy = createServer({ noDelay: true }, (client) => {
    const server = connect({ port: tcpPort, host: '127.0.0.1', noDelay: true });
    later(client, server);
    later(server, client);
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    tcpPort: (proxy.address() as AddressInfo).port,
    [Symbol.dispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
    },
  };
}

test.concurrent.each([
  ['an ESP32 is flashed, found up to date and set up', 'chip=esp32', [false, true]],
  ['an ESP32-C3 with USB-Serial/JTAG is flashed', 'chip=esp32c3&usb=serial-jtag', [false]],
  ['a blank ESP32-S2 over USB-OTG is flashed', 'chip=esp32s2&usb=otg', [false]],
] as const)('%s without a hand on its button', { timeout: 240_000 }, async (_what, options, rounds) => {
  const address = `virtual:far-${options.replaceAll(/\W/g, '-')}?${options}&http=0&dns=0`;
  const firmware = ownFirmware(address);
  await using served = await serveBoard(address);
  using network = await delayed(served.tcpPort);
  await using port = await openPort(`rfc2217://127.0.0.1:${network.tcpPort}`);
  const actions: ProgressEvent[] = [];
  const onProgress = (event: ProgressEvent) => {
    if (event.event === 'action') actions.push(event);
  };
  for (const skipped of rounds) {
    expect(await flash(port, { firmware, onProgress })).toMatchObject({
      version: firmware.version,
      skipped,
    });
  }
  if (rounds.length > 1) expect(await install(port, { onProgress })).toMatchObject({ state: 'portal' });
  expect(actions).toEqual([]);
});
