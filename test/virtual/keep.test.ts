// portal.keep() in a program's loop, on a whole board: the network goes away, the portal opens, a sign-in closes it again.

import { writeFileSync } from 'node:fs';
import { BoardLog, install, type LogEntry, openPort } from 'esp-portal';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const PROGRAM = `
import network
import portal
import time

print("on the network:", portal.keep(minutes=0.02))
network.WLAN(0).disconnect()
while portal.keep(minutes=0.02):
    time.sleep_ms(50)
print("off the network")
while not portal.keep(minutes=0.02):
    pass
while network.WLAN(1).active():  # the portal shows the result
    portal.keep(minutes=0.02)
print("back at", network.WLAN(0).ifconfig()[0], "access point", network.WLAN(1).active())
`;

test('a board that loses its network opens the portal, and closes it when it is back', async () => {
  home.makeBoard('kept', 'micropython');
  let web = '';
  await using port = await openPort('virtual:kept?speed=max&http=0&dns=0', {
    onNotice: ({ url }) => {
      if (url?.startsWith('http:')) web = url;
    },
  });
  writeFileSync(home.boardFile('kept', 'wifi.creds'), 'Home WiFi,correct horse\n');
  const log = new BoardLog(port);
  const app = [{ path: 'app.py', bytes: Buffer.from(PROGRAM) }];
  expect(await install(port, { log, app })).toMatchObject({ state: 'connected' });
  const until = (pattern: RegExp) =>
    log.waitFor((entry): entry is LogEntry => pattern.test(entry.raw), { timeoutMs: 60_000 });

  expect(await until(/^on the network: True/)).toBeDefined();
  expect(await until(/^off the network/)).toBeDefined();
  expect(await until(/^Captive portal ready/)).toBeDefined();
  const body = new URLSearchParams({ ssid: 'Home WiFi', password: 'correct horse' });
  // The station joins its network once more as the portal opens: the access point changes its channel, and its clients
  // have to connect again.
  const signIn = async () => {
    const answer = await fetch(new URL('/login', web), {
      method: 'POST',
      body,
      signal: AbortSignal.timeout(5000),
    });
    expect(await answer.text()).toContain('Connecting to Home WiFi');
  };
  await vi.waitFor(signIn, { timeout: 60_000 });
  expect(await until(/^Connected to Home WiFi, address/)).toBeDefined();
  await fetch(new URL('/', web));
  await fetch(new URL('/done', web), { method: 'POST' });
  expect(await until(/^Turned off access point/)).toBeDefined();
  expect((await until(/^back at/))?.raw).toMatch(/^back at 192\.168\.\S+ access point False/);
});
