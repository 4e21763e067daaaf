// The portal on a virtual board, over the sockets of this computer, judged by clients that are not ours.
import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import dnsPacket from 'dns-packet';
import { BoardLog, flash, install, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';
import { seededBytes } from '../support/random.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const dig = component('dig');
const run = promisify(execFile);

const home = new CliHome();
let port: Port;
let httpPort = 0;
let dnsPort = 0;

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  port = await openPort('virtual:net?speed=max&http=0&dns=0', {
    onNotice: ({ url }) => {
      const { protocol, port: given } = new URL(url ?? 'none:');
      if (protocol === 'http:') httpPort = Number(given);
      if (protocol === 'udp:') dnsPort = Number(given);
    },
  });
  await flash(port, { firmware: ownFirmware() });
  await install(port, { log: new BoardLog(port) });
});

afterAll(async () => {
  await port?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

type Answer = { status: number; headers: IncomingHttpHeaders; body: string };

/** As a phone does: again after a moment when the board, which has five connections, resets one too many. */
async function patiently<T>(attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNRESET')) throw error;
      await delay(50);
    }
  }
}

/** Sends the board a request for `host`. */
const ask = (method: string, path: string, host = '192.168.4.1') =>
  patiently(() => askOnce(method, path, host));

async function askOnce(method: string, path: string, host: string): Promise<Answer> {
  const sent = request({ port: httpPort, host: '127.0.0.1', method, path, headers: { host }, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode as number, headers: response.headers, body };
}

const open = (): Promise<Socket> =>
  patiently(async () => {
    const socket = connect(httpPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {}); // what the board does to it is seen by its end
    return socket;
  });

describe.skipIf(!dig)('dig', () => {
  const asked = async (...args: string[]) =>
    (await run(dig ?? '', ['@127.0.0.1', '-p', String(dnsPort), '+tries=2', '+time=5', ...args])).stdout;

  it('gets the address of the board for any name, and believes every byte', async () => {
    const output = await asked('connectivitycheck.gstatic.com', 'A');
    expect(output).toMatch(/status: NOERROR/);
    expect(output).toMatch(/connectivitycheck\.gstatic\.com\.\s+10\s+IN\s+A\s+192\.168\.4\.1/);
    expect(output).not.toMatch(/WARNING|malformed|extra|EDNS/i);
  });

  it.each(['AAAA', 'TYPE65', 'TXT'])('gets no record of type %s, and no error', async (type) => {
    const output = await asked('captive.apple.com', type);
    expect(output).toMatch(/status: NOERROR/);
    expect(output).toMatch(/QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0/);
    expect(output).not.toMatch(/WARNING|malformed|extra/i);
  });
});

describe('DNS', () => {
  it('answers questions that came in together, with rubbish between them', async () => {
    const socket = createSocket('udp4');
    const wanted = new Set([11, 12, 13]);
    const all = new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        const { id = 0, answers } = dnsPacket.decode(message);
        expect(answers).toMatchObject([{ type: 'A', data: '192.168.4.1' }]);
        wanted.delete(id);
        if (wanted.size === 0) resolve();
      });
    });
    // The board keeps four datagrams at most: what is lost is asked again, as a phone does.
    const send = () => {
      for (const id of wanted) {
        const question = { type: 'A' as const, name: `name-${id}.example` };
        socket.send(dnsPacket.encode({ type: 'query', id, questions: [question] }), dnsPort, '127.0.0.1');
      }
      socket.send(seededBytes(7, 100), dnsPort, '127.0.0.1');
    };
    send();
    const again = setInterval(send, 1000);
    await all;
    clearInterval(again);
    socket.close();
  });
});

describe('HTTP', () => {
  it('leads a probe to the portal', async () => {
    const { status, headers, body } = await ask('GET', '/generate_204', 'connectivitycheck.gstatic.com');
    expect([status, headers.location, headers['cache-control']]).toEqual([
      302,
      'http://192.168.4.1/',
      'no-store',
    ]);
    expect(body.length).toBeGreaterThan(4); // Android takes less for a failure
  });

  it('answers HEAD with a head and OPTIONS with what is allowed', async () => {
    expect(await ask('HEAD', '/')).toMatchObject({ status: 200, body: '' });
    expect((await ask('OPTIONS', '/')).headers.allow).toBe('GET, HEAD, POST, OPTIONS');
  });

  it('serves eight probes at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask('GET', '/hotspot-detect.html', 'captive.apple.com')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(302));
  });

  it('serves a fifth client within 6 s while four send nothing', async () => {
    const silent = [await open(), await open(), await open(), await open()];
    const start = performance.now();
    expect((await ask('GET', '/')).body).toContain('action=/login');
    expect(performance.now() - start).toBeLessThan(6000);
    for (const socket of silent) socket.destroy();
  });

  it('outlives clients that reset their connections, more of them than it has sockets', async () => {
    for (let round = 0; round < 12; round++) {
      const socket = await open();
      socket.write('GET / HT');
      if (round % 2) socket.write('TP/1.1\r\nHost: 192.168.4.1\r\n\r\n');
      socket.resetAndDestroy();
    }
    expect((await ask('GET', '/')).body).toContain('action=/login');
  });

  it('refuses a head that is too long in a way that the client gets to see', async () => {
    const socket = await open();
    let answer = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.write(`GET / HTTP/1.1\r\nCookie: ${'c'.repeat(6000)}\r\n\r\n`);
    await once(socket, 'close');
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });
});
