// A port whose bytes are not read, and one that is read by several.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Binding, type BindingPort, OPEN_DEFAULTS } from '../../../src/port/binding-types.js';
import type { Port } from '../../../src/port/port.js';
import { ReceiveBuffer } from '../../../src/port/receive-buffer.js';
import { openStreamPort } from '../../../src/port/stream-port.js';

/** @param read what the board sends */
function bindingOf(read: BindingPort['read']): Binding {
  const port: BindingPort = {
    isOpen: true,
    openOptions: { ...OPEN_DEFAULTS, path: 'board', baudRate: 115200 },
    read,
    write: async () => {},
    update: async () => {},
    set: async () => {},
    get: async () => ({ cts: false, dsr: false, dcd: false }),
    getBaudRate: async () => ({ baudRate: 115200 }),
    flush: async () => {},
    drain: async () => {},
    close: async () => {},
  };
  return { list: async () => [], open: async () => port };
}

/** A board that sends without end, as fast as it is read. */
function endlessBinding(): { binding: Binding; readBytes: () => number } {
  let readBytes = 0;
  const binding = bindingOf(async (buffer, _offset, length) => {
    await nextTurn();
    readBytes += length;
    return { buffer, bytesRead: length };
  });
  return { binding, readBytes: () => readBytes };
}

/** A board that sends what is pushed. */
function bindingTo(sent: ReceiveBuffer): Binding {
  return bindingOf(async (buffer, offset, length) => ({
    buffer,
    bytesRead: await sent.read(buffer, offset, length),
  }));
}

function open(binding: Binding): Promise<Port> {
  return openStreamPort({ name: 'board', path: 'board', baudRate: 115200, binding, onNotice: () => {} });
}

test('takes no more than it may keep until it is read', async () => {
  const { binding, readBytes } = endlessBinding();
  await using port = await open(binding);
  for (let turn = 0; turn < 2000; turn++) await nextTurn();
  const kept = readBytes();
  expect(kept).toBeGreaterThan(1024 * 1024);
  expect(kept).toBeLessThan(2 * 1024 * 1024);
  let taken = 0;
  while (taken <= kept) taken += (await port.read({ timeoutMs: 30_000 }))?.length ?? 0;
  expect(readBytes()).toBeGreaterThan(kept);
});

test('a read that waits gets the bytes that come, also after a later one has ended without any', async () => {
  const sent = new ReceiveBuffer();
  await using port = await open(bindingTo(sent));
  const waiting = port.read({ timeoutMs: 60_000 });
  expect(await port.read({ timeoutMs: 0 })).toBeUndefined();
  sent.push(Buffer.from('a'));
  expect(await waiting).toEqual(Buffer.from('a'));
});

test('of two reads that wait the first gets the bytes, and the other one the next', async () => {
  const sent = new ReceiveBuffer();
  await using port = await open(bindingTo(sent));
  const both = [port.read({ timeoutMs: 60_000 }), port.read({ timeoutMs: 60_000 })];
  sent.push(Buffer.from('a'));
  expect(await both[0]).toEqual(Buffer.from('a'));
  sent.push(Buffer.from('b'));
  expect(await both[1]).toEqual(Buffer.from('b'));
});
