// How a port ends: its cable is pulled, its other end reads nothing, it is closed.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Binding, type BindingPort, OPEN_DEFAULTS } from '../../../src/port/binding-types.js';
import type { NativeUsb } from '../../../src/port/port.js';
import { openStreamPort } from '../../../src/port/stream-port.js';

afterEach(() => {
  vi.useRealTimers();
});

interface Driver {
  readonly binding: Binding;
  /** The board sends. */
  send(text: string): void;
  /** What is being read fails. */
  fail(error: Error): void;
  readonly closed: () => number;
}

/** A driver without input; parts of it may be replaced. */
function driver(changes: Partial<BindingPort> = {}): Driver {
  let closed = 0;
  /** What reads get, in order, and reads that wait for it. */
  const events: (string | Error)[] = [];
  let wake: () => void = () => {};
  const happens = (event: string | Error): void => {
    events.push(event);
    wake();
  };
  const port = {
    isOpen: true,
    openOptions: { ...OPEN_DEFAULTS, path: 'x', baudRate: 115200 },
    async read(buffer: Buffer) {
      while (events.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const event = events.shift() ?? '';
      if (typeof event !== 'string') throw event;
      return { buffer, bytesRead: buffer.write(event, 'latin1') };
    },
    write: async () => {},
    update: async () => {},
    set: async () => {},
    get: async () => ({ cts: false, dsr: false, dcd: false }),
    getBaudRate: async () => ({ baudRate: 115200 }),
    flush: async () => {},
    drain: async () => {},
    async close() {
      closed += 1;
      this.isOpen = false;
      happens(Object.assign(new Error('Canceled'), { canceled: true }));
    },
    ...changes,
  };
  return {
    binding: { list: async () => [], open: async () => port },
    send: happens,
    fail: happens,
    closed: () => closed,
  };
}

/** A driver whose close takes until `end`. */
function slowToClose() {
  let end: () => void = () => {};
  let begin: () => void = () => {};
  const begun = new Promise<void>((resolve) => (begin = resolve));
  function close(this: BindingPort & { isOpen: boolean }): Promise<void> {
    this.isOpen = false;
    begin();
    return new Promise<void>((done) => (end = done));
  }
  return { driver: driver({ close }), begun, end: () => end() };
}

const open = ({ binding }: Driver, usb?: NativeUsb) =>
  openStreamPort({ name: '/dev/ttyX', path: 'x', baudRate: 115200, binding, usb, onNotice: () => {} });
const never = () => new Promise<never>(() => {});
const pulled = () => Object.assign(new Error('EIO'), { disconnected: true });

describe('a cable that is pulled', () => {
  test('ends a read that waits, and every later call', async () => {
    const cable = driver();
    await using port = await open(cable);
    const reading = port.read({ timeoutMs: 10_000 });
    cable.fail(pulled());
    await expect(reading).rejects.toMatchObject({ code: 'port-lost', message: /\/dev\/ttyX/ });
    await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'port-lost' });
    await expect(port.setBaudRate(9600)).rejects.toMatchObject({ code: 'port-lost' });
    await expect(port.read({ timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'port-lost' });
  });

  test('loses nothing that had come before', async () => {
    const cable = driver({ drain: never });
    await using port = await open(cable);
    cable.send('last words');
    cable.fail(pulled());
    await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'port-lost' });
    const bytes = await port.read({ timeoutMs: 10_000 });
    expect(Buffer.from(bytes ?? []).toString()).toBe('last words');
    await expect(port.read({ timeoutMs: 10_000 })).rejects.toMatchObject({ code: 'port-lost' });
  });

  test('ends a write that waits in the driver', async () => {
    const cable = driver({ drain: never });
    await using port = await open(cable);
    const writing = port.write(Buffer.from('x'));
    cable.fail(pulled());
    await expect(writing).rejects.toMatchObject({ code: 'port-lost' });
  });

  test("is no reason to write once more what the driver of a chip's own device had taken", async () => {
    const cable = driver({ drain: never });
    const usb = { kind: 'usb-rom', mac: undefined } as const;
    await using port = await open(cable, usb);
    const writing = port.write(Buffer.from('x'));
    cable.fail(pulled());
    await writing;
    await expect(port.write(Buffer.from('y'))).rejects.toMatchObject({ code: 'port-lost' });
  });
});

test('a write to a port that is being closed after a loss ends with it', async () => {
  const slow = slowToClose();
  const port = await open(slow.driver);
  slow.driver.fail(pulled());
  await slow.begun;
  const writing = port.write(Buffer.from('x'));
  slow.end();
  await expect(writing).rejects.toMatchObject({ code: 'port-lost' });
});

test('a port whose other end reads nothing is given up, and stays so', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const stuck = driver({ drain: never, close: never });
  const port = await open(stuck);
  const writing = port.write(Buffer.alloc(115_200 / 10)); // a second of the wire
  const failed = expect(writing).rejects.toMatchObject({
    code: 'port-failed',
    message: '/dev/ttyX: write timed out; nothing is reading from the port.',
  });
  await vi.advanceTimersByTimeAsync(10_900);
  await expect(Promise.race([writing, 'still waiting'])).resolves.toBe('still waiting');
  await vi.advanceTimersByTimeAsync(200);
  await failed;
  await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'port-failed' });
});

describe('closing', () => {
  test('ends a read that waits, is done once, and may be repeated', async () => {
    const cable = driver();
    const port = await open(cable);
    const reading = port.read({ timeoutMs: 10_000 });
    await port[Symbol.asyncDispose]();
    await expect(reading).rejects.toMatchObject({
      code: 'port-lost',
      message: '/dev/ttyX was closed.',
    });
    await port[Symbol.asyncDispose]();
    expect(cable.closed()).toBe(1);
  });

  test('does not wait without limit for a driver that blocks', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const port = await open(driver({ close: never }));
    const closing = port[Symbol.asyncDispose]();
    await vi.advanceTimersByTimeAsync(5000);
    await closing;
  });

  test('waits for a close that the loss of the port has begun', async () => {
    const slow = slowToClose();
    const port = await open(slow.driver);
    slow.driver.fail(pulled());
    await slow.begun;
    let isClosed = false;
    const closing = Promise.resolve(port[Symbol.asyncDispose]()).then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    slow.end();
    await closing;
  });
});
