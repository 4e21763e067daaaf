import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ByteReader } from '../../../src/port/byte-reader.js';
import { FakePort } from '../../support/fake-port.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('latin1');

/** Sends a byte every 20 ms for as long as the test runs. */
function chatter(port: FakePort, byte = '.'): void {
  setInterval(() => port.send(byte), 20);
}

test('reads up to a marker that comes in pieces, and leaves what follows it', async () => {
  const port = new FakePort();
  const reader = ByteReader.of(port);
  const reading = reader.readUntil('OK', { timeoutMs: 1000 });
  port.send('noise O');
  await vi.advanceTimersByTimeAsync(10);
  port.send('Krest');
  expect(await reading).toMatchObject({ end: 'found' });
  expect(text(await reader.read({ timeoutMs: 0 }))).toBe('rest');
});

test('a marker that never comes ends at the deadline although bytes come all the time', async () => {
  const port = new FakePort();
  chatter(port);
  const reading = ByteReader.of(port).readUntil('>', { timeoutMs: 1000, idleMs: 100 });
  await vi.advanceTimersByTimeAsync(1000);
  const { end, bytes } = await reading;
  expect(end).toBe('timeout');
  expect(bytes.length).toBeGreaterThan(40);
});

test('a wait without bytes ends at the idle timeout, long before the deadline', async () => {
  const reading = ByteReader.of(new FakePort()).readUntil('>', { timeoutMs: 60_000, idleMs: 100 });
  await vi.advanceTimersByTimeAsync(100);
  expect(await reading).toMatchObject({ end: 'idle' });
});

test('draining ends at the deadline on a board that prints continuously, and reports it', async () => {
  const port = new FakePort();
  chatter(port);
  const draining = ByteReader.of(port).drain({ timeoutMs: 500, idleMs: 30 });
  await vi.advanceTimersByTimeAsync(500);
  expect(await draining).toBe(false);
});

test('draining ends once the board has been quiet', async () => {
  const port = new FakePort();
  const reader = ByteReader.of(port);
  port.send('last words');
  const draining = reader.drain({ timeoutMs: 500, idleMs: 30 });
  await vi.advanceTimersByTimeAsync(30);
  expect(await draining).toBe(true);
});

test('an endless stream without the marker ends at the size limit', async () => {
  const port = new FakePort();
  port.send('x'.repeat(100));
  expect(await ByteReader.of(port).readUntil('>', { timeoutMs: 1000, maxBytes: 64 })).toMatchObject({
    end: 'size',
  });
});

test('reads exactly the requested number of bytes, fewer at a timeout', async () => {
  const port = new FakePort();
  const reader = ByteReader.of(port);
  port.send('abcde');
  expect(text(await reader.readExactly(3, { timeoutMs: 100 }))).toBe('abc');
  const reading = reader.readExactly(3, { timeoutMs: 100 });
  await vi.advanceTimersByTimeAsync(100);
  expect(text(await reading)).toBe('de');
});

test('the signal ends every wait at once', async () => {
  const reader = ByteReader.of(new FakePort());
  const abort = new AbortController();
  const { signal } = abort;
  const waits = [
    () => reader.read({ timeoutMs: 1000, signal }),
    () => reader.readUntil('>', { timeoutMs: 1000, signal }),
    () => reader.readExactly(1, { timeoutMs: 1000, signal }),
    () => reader.drain({ timeoutMs: 1000, idleMs: 100, signal }),
  ];
  const first = waits[0]?.();
  abort.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  for (const wait of waits) await expect(wait()).rejects.toThrow('enough');
});

test('what one protocol leaves unread is the first that the next one reads', async () => {
  const port = new FakePort();
  ByteReader.of(port).unread(Buffer.from('left over'));
  port.send(' and new');
  const reader = ByteReader.of(port);
  expect(text(await reader.read({ timeoutMs: 0 }))).toBe('left over');
  expect(text(await reader.read({ timeoutMs: 0 }))).toBe(' and new');
});

describe('a board behind a network whose round trip takes 300 ms', () => {
  const far = () => Object.assign(new FakePort(), { roundTripMs: 300 });

  test('has the time of the network on top to answer', async () => {
    const port = far();
    const reading = ByteReader.of(port).readUntil('OK', { timeoutMs: 500, idleMs: 100 });
    await vi.advanceTimersByTimeAsync(650);
    port.send('O');
    await vi.advanceTimersByTimeAsync(400);
    port.send('K');
    expect(await reading).toMatchObject({ end: 'found' });
  });

  test('is drained until nothing is on its way any more', async () => {
    const port = far();
    const reader = ByteReader.of(port);
    const draining = reader.drain({ timeoutMs: 500, idleMs: 30 });
    await vi.advanceTimersByTimeAsync(600);
    port.send('late');
    await vi.advanceTimersByTimeAsync(630);
    await draining;
    const rest = reader.read({ timeoutMs: 0 });
    await vi.advanceTimersByTimeAsync(0);
    expect(await rest).toBeUndefined();
  });

  test('is written to as often as a near one', async () => {
    const reading = ByteReader.of(far()).readUntil('>', { timeoutMs: 2, isPace: true });
    await vi.advanceTimersByTimeAsync(2);
    expect(await reading).toMatchObject({ end: 'timeout' });
  });
});
