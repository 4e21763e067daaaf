// A board behind a network whose round trip takes 200 ms: what it answers late is no silence, and its lines work.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { flash, install, openPort, type ProgressEvent } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePort } from '../../src/port/rfc2217/server.js';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const ONE_WAY_MS = 100;
const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Passes everything on, each way so much later. @returns its port, until disposed */
async function delayed(tcpPort: number) {
  const sockets = new Set<Socket>();
  const later = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.on('data', (bytes) => setTimeout(() => to.write(bytes), ONE_WAY_MS));
    from.on('close', () => setTimeout(() => to.destroy(), ONE_WAY_MS));
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

test('an ESP32 is flashed, found up to date and set up without a hand on its button', {
  timeout: 120_000,
}, async () => {
  const address = 'virtual:far?chip=esp32&http=0&dns=0';
  const firmware = ownFirmware(address);
  await using board = await openPort(address);
  const stop = new AbortController();
  let serving: Promise<void> | undefined;
  const listening = await new Promise<AddressInfo | undefined>((resolve) => {
    serving = servePort(board, {
      protocol: 'rfc2217',
      at: { host: '127.0.0.1', port: 0 },
      signal: stop.signal,
      onListening: resolve,
      onClient: () => {},
    });
  });
  {
    using network = await delayed(listening?.port ?? 0);
    await using port = await openPort(`rfc2217://127.0.0.1:${network.tcpPort}`);
    const actions: ProgressEvent[] = [];
    const onProgress = (event: ProgressEvent) => {
      if (event.event === 'action') actions.push(event);
    };
    for (const skipped of [false, true]) {
      expect(await flash(port, { firmware, onProgress })).toMatchObject({
        version: firmware.version,
        skipped,
      });
    }
    expect(await install(port, { onProgress })).toMatchObject({ state: 'portal' });
    expect(actions).toEqual([]);
  }
  stop.abort();
  await serving;
});
