// Downloads from a server on this computer that behaves as servers and networks do.

import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { download } from '../../../src/firmware/download.js';
import { FirmwareSite, whole } from '../../support/firmware-site.js';
import { seededBytes } from '../../support/random.js';

const FILE = Buffer.from(seededBytes(1, 300_000));
const QUICK = { retryAfterMs: 1, idleTimeoutMs: 30_000 };

let site: FirmwareSite;
beforeEach(async () => {
  site = await FirmwareSite.start();
});
afterEach(() => site[Symbol.asyncDispose]());

const failing = (message: string) =>
  expect.objectContaining({ code: 'firmware-download', message: expect.stringContaining(message) });

test('a file arrives whole, with its progress', async () => {
  site.on('/a.bin', whole(FILE));
  const progress: (number | undefined)[][] = [];
  expect(
    FILE.equals(
      await download(`${site.url}/a.bin`, {
        ...QUICK,
        onBytes: (done, total) => {
          progress.push([done, total]);
        },
      }),
    ),
  ).toBe(true);
  expect(progress[0]).toEqual([0, FILE.length]);
  expect(progress.at(-1)).toEqual([FILE.length, FILE.length]);
});

test('a download continues where its connection broke, several times', async () => {
  let onReceived = (_doneBytes: number) => {};
  site.on('/a.bin', ({ headers }, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const end = Math.min(start + 70_000, FILE.length);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': FILE.length - start,
      'content-range': `bytes ${start}-${FILE.length - 1}/${FILE.length}`,
    });
    response.write(FILE.subarray(start, end));
    // Not before: what has arrived and was not read yet is lost with a connection that breaks.
    onReceived = (doneBytes) => {
      if (doneBytes === FILE.length) response.end();
      else if (doneBytes === end) response.destroy();
    };
  });
  expect(
    FILE.equals(
      await download(`${site.url}/a.bin`, { ...QUICK, onBytes: (doneBytes) => onReceived(doneBytes) }),
    ),
  ).toBe(true);
  expect(site.requests.map(({ range }) => range)).toEqual([
    undefined,
    'bytes=70000-',
    'bytes=140000-',
    'bytes=210000-',
    'bytes=280000-',
  ]);
});

test('what an earlier run left is gone on with', async () => {
  const have = FILE.subarray(0, 123_456);
  site.on('/a.bin', whole(FILE));
  expect(FILE.equals(await download(`${site.url}/a.bin`, { ...QUICK, have }))).toBe(true);
  expect(site.requests).toEqual([{ path: '/a.bin', range: 'bytes=123456-' }]);
});

test('a server without ranges sends the whole file, and the beginning is not kept twice', async () => {
  const have = FILE.subarray(0, 1000);
  site.on('/a.bin', (_request, response) => response.end(FILE));
  expect(FILE.equals(await download(`${site.url}/a.bin`, { ...QUICK, have }))).toBe(true);
});

test('a beginning that is longer than the file is thrown away', async () => {
  const have = Buffer.alloc(FILE.length + 5);
  site.on('/a.bin', whole(FILE));
  expect(FILE.equals(await download(`${site.url}/a.bin`, { ...QUICK, have }))).toBe(true);
});

test('a server that stops sending is left, and tried again', async () => {
  let calls = 0;
  site.on('/a.bin', (request, response) => {
    if (++calls > 1) return whole(FILE)(request, response);
    response.writeHead(200, { 'content-length': FILE.length });
    response.write(FILE.subarray(0, 5000)); // and no more, for ever
  });
  expect(FILE.equals(await download(`${site.url}/a.bin`, { ...QUICK, idleTimeoutMs: 500 }))).toBe(true);
});

test('a slow server is waited for as long as something comes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const small = FILE.subarray(0, 4000);
  let sendMore = () => {};
  site.on('/a.bin', (_request, response) => {
    response.writeHead(200, { 'content-length': small.length });
    let at = 0;
    sendMore = () => {
      response.write(small.subarray(at, at + 500));
      at += 500;
      if (at === small.length) response.end();
    };
    sendMore();
  });
  const onBytes = (doneBytes: number) => {
    if (doneBytes === 0 || doneBytes === small.length) return;
    vi.advanceTimersByTime(400); // eight times: in all longer than the time without a byte that is allowed
    sendMore();
  };
  const running = download(`${site.url}/a.bin`, { ...QUICK, idleTimeoutMs: 500, onBytes });
  expect(small.equals(await running)).toBe(true);
  expect(site.requests).toHaveLength(1);
});

test('trouble of the server passes', async () => {
  let calls = 0;
  site.on('/a.bin', (request, response) => {
    if (++calls < 3) response.writeHead(503).end();
    else whole(FILE)(request, response);
  });
  expect(FILE.equals(await download(`${site.url}/a.bin`, QUICK))).toBe(true);
});

test('a redirect is followed', async () => {
  site.on('/old.bin', (_request, response) => response.writeHead(302, { location: '/a.bin' }).end());
  site.on('/a.bin', whole(FILE));
  expect(FILE.equals(await download(`${site.url}/old.bin`, QUICK))).toBe(true);
});

test('the rest of a file that was replaced meanwhile is not joined to its beginning', async () => {
  const [old, current] = [Buffer.alloc(50_000, 1), Buffer.alloc(50_000, 2)];
  let calls = 0;
  site.on('/a.bin', ({ headers }, response) => {
    const etag = ++calls === 1 ? '"old"' : '"new"';
    if (calls === 1) {
      response.writeHead(200, { etag, 'content-length': old.length });
      response.write(old.subarray(0, 20_000), () => response.destroy());
      return;
    }
    expect(headers['if-range']).toBe('"old"');
    response.writeHead(200, { etag, 'content-length': current.length }).end(current);
  });
  expect(current.equals(await download(`${site.url}/a.bin`, QUICK))).toBe(true);
});

test('a compressed response is decompressed, has no size, and starts again after an interruption', async () => {
  const packed = gzipSync(FILE);
  let calls = 0;
  site.on('/a.bin', ({ headers }, response) => {
    expect(headers.range).toBeUndefined();
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': packed.length });
    if (++calls > 1) response.end(packed);
    else response.write(packed.subarray(0, 100_000), () => response.destroy());
  });
  const totals = new Set<number | undefined>();
  const bytes = await download(`${site.url}/a.bin`, { ...QUICK, onBytes: (_, total) => totals.add(total) });
  expect(FILE.equals(bytes)).toBe(true);
  expect([...totals]).toEqual([undefined]);
});

test('name and password of an address go to its own server alone', async () => {
  await using other = await FirmwareSite.start();
  const seen: (string | undefined)[] = [];
  site.on('/a.bin', ({ headers }, response) => {
    seen.push(headers.authorization);
    response.writeHead(302, { location: `${other.url}/b.bin` }).end();
  });
  other.on('/b.bin', (request, response) => {
    seen.push(request.headers.authorization);
    whole(FILE)(request, response);
  });
  await download(`${site.url.replace('//', '//me:p%40ss@')}/a.bin`, QUICK);
  expect(seen).toEqual([`Basic ${Buffer.from('me:p@ss').toString('base64')}`, undefined]);
});

test('each retry is reported before it is made', async () => {
  site.on('/a.bin', (_, response) => response.writeHead(503).end());
  const retries: unknown[] = [];
  const running = download(`${site.url}/a.bin`, { ...QUICK, onRetry: (retry) => retries.push(retry) });
  await expect(running).rejects.toThrow('answers 503');
  const reason = expect.stringContaining('answers 503');
  expect(retries).toEqual([2, 3, 4].map((attempt) => ({ reason, attempt, attempts: 4 })));
});

test('a server that sends a byte now and then is given up in the end', async () => {
  site.on('/a.bin', (request, response) => {
    const start = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': FILE.length - start,
      'content-range': `bytes ${start}-${FILE.length - 1}/${FILE.length}`,
    });
    response.write(FILE.subarray(start, start + 1), () => response.destroy());
  });
  await expect(download(`${site.url}/a.bin`, { ...QUICK, allAttemptsMs: 0 })).rejects.toEqual(
    failing('ended the connection'),
  );
});

test('a caller who gives up ends it at once, and gets what had come', async () => {
  const stop = new AbortController();
  site.on('/a.bin', (_request, response) => {
    response.writeHead(200, { 'content-length': FILE.length });
    response.write(FILE.subarray(0, 50_000));
  });
  let partial: Uint8Array | undefined;
  const running = download(`${site.url}/a.bin`, {
    ...QUICK,
    idleTimeoutMs: 60_000,
    signal: stop.signal,
    onBytes: (done) => {
      if (done === 50_000) stop.abort(new Error('enough'));
    },
    onPartial: async (bytes) => {
      partial = bytes;
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(FILE.subarray(0, 50_000).equals(partial ?? Buffer.of())).toBe(true);
});
