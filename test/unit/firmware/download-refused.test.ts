// Addresses that are not requested, and files that are not there: each with its reason.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../../src/firmware/download.js';
import { FirmwareSite } from '../../support/firmware-site.js';

const QUICK = { retryAfterMs: 1, idleTimeoutMs: 30_000 };

let site: FirmwareSite;
beforeEach(async () => {
  site = await FirmwareSite.start();
});
afterEach(() => site[Symbol.asyncDispose]());

const failing = (message: string) =>
  expect.objectContaining({ code: 'firmware-download', message: expect.stringContaining(message) });

describe('plain http', () => {
  const refused = expect.objectContaining({ code: 'usage', message: expect.stringContaining('plain http') });

  test('is refused from other computers before anything is sent', async () => {
    await expect(download('http://192.0.2.1/a.bin', QUICK)).rejects.toEqual(refused);
  });

  test('is refused when a server of this computer redirects to another one', async () => {
    site.on('/a.bin', (_, response) => response.writeHead(302, { location: 'http://192.0.2.1/a.bin' }).end());
    await expect(download(`${site.url}/a.bin`, QUICK)).rejects.toMatchObject({
      code: 'firmware-download',
      message: `${new URL(site.url).host} redirects to http://192.0.2.1/a.bin, which is plain http: the file can be changed on the network.`,
      next: expect.stringContaining('--allow-http'),
    });
  });

  test('is taken with allowHttp: the request is made', async () => {
    const stop = new AbortController();
    const running = download('http://192.0.2.1/a.bin', { ...QUICK, allowHttp: true, signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });

  test('other schemes are refused', async () => {
    await expect(download('file:///etc/passwd', QUICK)).rejects.toMatchObject({ code: 'usage' });
  });
});

test.each([
  ['file:///etc/passwd', 'file:///etc/passwd, which is not an http or https address.'],
  ['data:text/plain,x', 'data:text/plain,x, which is not an http or https address.'],
  ['http://[::1/a.bin', 'http://[::1/a.bin, which is not a valid address.'],
  [`x://${'a'.repeat(500)}`, `x://${'a'.repeat(196)}, which is not an http or https address.`],
])('a redirect to %s is the failure of the server, and is named', async (location, shown) => {
  site.on('/a.bin', (_, response) => response.writeHead(302, { location }).end());
  await expect(download(`${site.url}/a.bin`, QUICK)).rejects.toMatchObject({
    code: 'firmware-download',
    message: `${new URL(site.url).host} redirects to ${shown}`,
  });
  expect(site.requests).toHaveLength(1);
});

test('a port that Node.js refuses is not tried again', async () => {
  const retries: unknown[] = [];
  const running = download('http://127.0.0.1:6667/a.bin', {
    ...QUICK,
    onRetry: (retry) => retries.push(retry),
  });
  await expect(running).rejects.toThrow(
    '127.0.0.1:6667 cannot be reached: Node.js fetches nothing from port 6667.',
  );
  expect(retries).toEqual([]);
});

describe('what cannot be downloaded ends with the reason:', () => {
  test.each([
    ['a file that is not there', '/missing.bin', 'answers 404', 1],
    ['trouble that does not pass', '/broken.bin', 'answers 500', 4],
    ['a web page', '/page.bin', 'is a web page', 1],
    ['a length that never comes', '/long.bin', 'ended the connection', 4],
    ['something far too large', '/huge.bin', 'more than allowed', 1],
    ['a redirect without end', '/circle.bin', 'redirects more than', 1],
    ['a file of unknown length that never ends', '/endless.bin', 'sends more than 20 MB', 1],
    ['headers that never come', '/mute.bin', 'no data for 100 ms', 4],
  ])('%s', async (_what, path, message, attempts) => {
    let retries = 0;
    const onRetry = () => void retries++;
    site.on('/broken.bin', (_request, response) => response.writeHead(500).end());
    site.on('/page.bin', (_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
    );
    site.on('/long.bin', (_request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.flushHeaders();
      response.destroy();
    });
    site.on('/huge.bin', (_request, response) =>
      response.writeHead(200, { 'content-length': 99_000_000 }).end('x'),
    );
    site.on('/mute.bin', () => {});
    site.on('/endless.bin', (_request, response) => {
      for (let megabyte = 0; megabyte < 21; megabyte++) response.write(Buffer.alloc(1024 * 1024));
    });
    site.on('/circle.bin', (_request, response) =>
      response.writeHead(302, { location: '/circle.bin' }).end(),
    );
    await expect(
      download(`${site.url}${path}`, {
        ...QUICK,
        onRetry,
        ...(path === '/mute.bin' && { idleTimeoutMs: 100 }),
      }),
    ).rejects.toEqual(failing(message));
    expect(1 + retries).toBe(attempts);
    if (path === '/circle.bin') expect(site.requests).toHaveLength(6);
  });

  test('a server that is not there', async () => {
    const { url } = site;
    await site[Symbol.asyncDispose]();
    await expect(download(`${url}/a.bin`, QUICK)).rejects.toEqual(failing('cannot be reached'));
    site = await FirmwareSite.start();
  });

  test('an address that is none', async () => {
    await expect(download('http://', QUICK)).rejects.toMatchObject({
      code: 'usage',
    });
  });
});
