// Downloads from a server on this computer that behaves as servers and networks do.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../../src/firmware/download.js';
import { FirmwareSite, whole } from '../../support/firmware-site.js';
import { seededBytes } from '../../support/random.js';
import { temporaryFolder } from '../../support/virtual-port.js';

const FILE = Buffer.from(seededBytes(1, 300_000));
const QUICK = { retryAfterMs: 1, idleTimeoutMs: 500 };

let site: FirmwareSite;
beforeEach(async () => {
  site = await FirmwareSite.start();
});
afterEach(() => site[Symbol.asyncDispose]());

const failing = (message: string) =>
  expect.objectContaining({ code: 'firmware-download', message: expect.stringContaining(message) });

test('a file arrives whole, with its progress, and only then under its name', async () => {
  const path = join(temporaryFolder(), 'sub', 'a.bin');
  site.on('/a.bin', whole(FILE));
  const progress: (number | undefined)[][] = [];
  await download(`${site.url}/a.bin`, path, {
    ...QUICK,
    onBytes: (done, total) => {
      progress.push([done, total]);
      expect(existsSync(path)).toBe(false);
    },
  });
  expect(readFileSync(path).equals(FILE)).toBe(true);
  expect(progress[0]).toEqual([0, FILE.length]);
  expect(progress.at(-1)).toEqual([FILE.length, FILE.length]);
});

test('a connection that is cut again and again is gone on with where it broke', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  let onReceived = (_doneBytes: number) => {};
  site.on('/a.bin', ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const end = Math.min(start + 70_000, FILE.length);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': FILE.length - start });
    response.write(FILE.subarray(start, end));
    // Not before: what has arrived and was not read yet is lost with a connection that breaks.
    onReceived = (doneBytes) => {
      if (doneBytes === FILE.length) response.end();
      else if (doneBytes === end) response.destroy();
    };
  });
  await download(`${site.url}/a.bin`, path, { ...QUICK, onBytes: (doneBytes) => onReceived(doneBytes) });
  expect(readFileSync(path).equals(FILE)).toBe(true);
  expect(site.requests.map(({ range }) => range)).toEqual([
    undefined,
    'bytes=70000-',
    'bytes=140000-',
    'bytes=210000-',
    'bytes=280000-',
  ]);
});

test('what an earlier run left is gone on with', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  writeFileSync(`${path}.part`, FILE.subarray(0, 123_456));
  site.on('/a.bin', whole(FILE));
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
  expect(site.requests).toEqual([{ path: '/a.bin', range: 'bytes=123456-' }]);
});

test('a server that knows no ranges sends the whole, and the beginning is not kept twice', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  writeFileSync(`${path}.part`, FILE.subarray(0, 1000));
  site.on('/a.bin', (_request, response) => response.end(FILE));
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
});

test('a beginning that is longer than the file is thrown away', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  writeFileSync(`${path}.part`, Buffer.alloc(FILE.length + 5));
  site.on('/a.bin', whole(FILE));
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
});

test('a server that stops sending is left, and tried again', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  let calls = 0;
  site.on('/a.bin', (request, response) => {
    if (++calls > 1) return whole(FILE)(request, response);
    response.writeHead(200, { 'content-length': FILE.length });
    response.write(FILE.subarray(0, 5000)); // and no more, for ever
  });
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
});

test('a slow server is waited for as long as something comes', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  const small = FILE.subarray(0, 4000);
  site.on('/a.bin', (_request, response) => {
    response.writeHead(200, { 'content-length': small.length });
    let at = 0;
    const timer = setInterval(() => {
      response.write(small.subarray(at, at + 500));
      at += 500;
      if (at < small.length) return;
      clearInterval(timer);
      response.end();
    }, 60); // in all longer than the time without a byte that is allowed
  });
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(small)).toBe(true);
  expect(site.requests).toHaveLength(1);
});

test('trouble of the server passes', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  let calls = 0;
  site.on('/a.bin', (request, response) => {
    if (++calls < 3) response.writeHead(503).end();
    else whole(FILE)(request, response);
  });
  await download(`${site.url}/a.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
});

test('a redirect is followed', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  site.on('/old.bin', (_request, response) => response.writeHead(302, { location: '/a.bin' }).end());
  site.on('/a.bin', whole(FILE));
  await download(`${site.url}/old.bin`, path, QUICK);
  expect(readFileSync(path).equals(FILE)).toBe(true);
});

describe('what cannot be downloaded leaves no file, and says why:', () => {
  test.each([
    ['a file that is not there', '/missing.bin', 'answers 404', 1],
    ['trouble that does not pass', '/broken.bin', 'answers 500', 4],
    ['a web page', '/page.bin', 'is a web page', 1],
    ['a length that never comes', '/long.bin', 'broke off', 4],
    ['something far too large', '/huge.bin', 'too large', 1],
    ['a redirect without end', '/circle.bin', 'cannot be reached', 4],
  ])('%s', async (_what, path, message, requests) => {
    const target = join(temporaryFolder(), 'a.bin');
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
    site.on('/circle.bin', (_request, response) =>
      response.writeHead(302, { location: '/circle.bin' }).end(),
    );
    await expect(download(`${site.url}${path}`, target, QUICK)).rejects.toEqual(failing(message));
    expect(existsSync(target)).toBe(false);
    if (path !== '/circle.bin') expect(site.requests).toHaveLength(requests);
  });

  test('a server that is not there', async () => {
    const { url } = site;
    await site[Symbol.asyncDispose]();
    await expect(download(`${url}/a.bin`, join(temporaryFolder(), 'a.bin'), QUICK)).rejects.toEqual(
      failing('cannot be reached'),
    );
    site = await FirmwareSite.start();
  });

  test('an address that is none', async () => {
    await expect(download('http://', join(temporaryFolder(), 'a.bin'), QUICK)).rejects.toMatchObject({
      code: 'usage',
    });
  });
});

test('a caller who gives up ends it at once, and finds what had come next time', async () => {
  const path = join(temporaryFolder(), 'a.bin');
  const stop = new AbortController();
  site.on('/a.bin', (_request, response) => {
    response.writeHead(200, { 'content-length': FILE.length });
    response.write(FILE.subarray(0, 50_000));
  });
  const running = download(`${site.url}/a.bin`, path, {
    ...QUICK,
    idleTimeoutMs: 60_000,
    signal: stop.signal,
    onBytes: (done) => {
      if (done === 50_000) stop.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(readFileSync(`${path}.part`).equals(FILE.subarray(0, 50_000))).toBe(true);
});
