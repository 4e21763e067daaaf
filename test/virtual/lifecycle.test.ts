// The main job from a blank board on, with encoders, sockets and files that are not ours to judge it.

import dgram from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import dnsPacket from 'dns-packet';
import { BoardLog, flash, install, type LogEntry, openPort, resetCredentials } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const NETWORK = { ssid: 'Home WiFi', password: 'correct horse' };
const ADDRESS = 'virtual:life?speed=max&http=0&dns=0';

/** Opens the board and collects where its servers are reachable. */
async function powerOn() {
  const urls: URL[] = [];
  const port = await openPort(ADDRESS, { onNotice: ({ url }) => url && urls.push(new URL(url)) });
  const server = (protocol: string) => {
    const url = urls.findLast((candidate) => candidate.protocol === protocol);
    if (!url) throw new Error(`the board told of no ${protocol} address`);
    return url;
  };
  return { port, server };
}

async function askDns(server: URL, name: string, type: 'A' | 'AAAA') {
  const socket = dgram.createSocket('udp4');
  let again: NodeJS.Timeout | undefined;
  try {
    const query = dnsPacket.encode({
      type: 'query',
      id: 4711,
      flags: dnsPacket.RECURSION_DESIRED,
      questions: [{ type, name }],
    });
    // Again and again, as a phone does: what comes during the scan is lost.
    const ask = () => socket.send(query, Number(server.port), server.hostname);
    ask();
    again = setInterval(ask, 500);
    const [reply] = (await once(socket, 'message', { signal: AbortSignal.timeout(30_000) })) as [Buffer];
    return dnsPacket.decode(reply);
  } finally {
    clearInterval(again);
    socket.close();
  }
}

const is =
  (...events: LogEntry['event'][]) =>
  (entry: LogEntry): entry is LogEntry =>
    events.includes(entry.event);

test('a blank board is flashed, installed, joined by its page, restarted, and forgets again', async () => {
  {
    const { port, server } = await powerOn();
    await using _port = port;
    const flashed = await flash(port, {
      firmware: ownFirmware(),
    });
    expect(flashed).toMatchObject({ chip: 'ESP8266EX', flashSizeBytes: 4 * 1024 * 1024 });

    const log = new BoardLog(port);
    const installed = await install(port, { log });
    expect(installed).toMatchObject({
      state: 'portal',
      url: 'http://192.168.4.1/',
      ssid: expect.stringMatching(/^ESP8266-[0-9a-f]{6}$/),
    });

    const reply = await askDns(server('udp:'), 'captive.apple.com', 'A');
    expect(reply).toMatchObject({ type: 'response', id: 4711 });
    expect(reply.answers).toMatchObject([{ type: 'A', name: 'captive.apple.com', data: '192.168.4.1' }]);
    expect((await askDns(server('udp:'), 'captive.apple.com', 'AAAA')).answers).toEqual([]);

    const form = await fetch(server('http:'));
    expect(form.status).toBe(200);
    expect(await form.text()).toContain(NETWORK.ssid);
    const posted = await fetch(new URL('/login', server('http:')), {
      method: 'POST',
      body: new URLSearchParams(NETWORK),
    });
    expect(posted.ok).toBe(true);
    const joined = await log.waitFor(is('wifi.connected', 'wifi.failed'), { timeoutMs: 30_000 });
    expect(joined).toMatchObject({ event: 'wifi.connected', ssid: NETWORK.ssid });

    const status = await (await fetch(new URL('/status', server('http:')))).text();
    expect(status).toContain(NETWORK.ssid);
    expect(status).toContain(joined?.event === 'wifi.connected' ? joined.address : 'an address');
    expect(status).not.toContain(NETWORK.password);
    await fetch(new URL('/done', server('http:')), { method: 'POST' });
    expect(await log.waitFor(is('ap.stopped'), { timeoutMs: 30_000 })).toBeDefined();
    expect(readFileSync(home.boardFile('life', 'wifi.creds'), 'utf8')).toBe('Home WiFi,correct horse\n');
  }
  {
    const { port } = await powerOn();
    await using _port = port;
    const log = new BoardLog(port);
    const first = await log.waitFor(is('wifi.connected', 'portal.ready'), { timeoutMs: 30_000 });
    expect(first).toMatchObject({ event: 'wifi.connected', ssid: NETWORK.ssid });

    const { forgotten, portal } = await resetCredentials(port);
    expect(forgotten).toEqual([NETWORK.ssid]);
    expect(portal).toMatchObject({ state: 'portal' });
    expect(() => readFileSync(home.boardFile('life', 'wifi.creds'))).toThrow('ENOENT');
  }
});
