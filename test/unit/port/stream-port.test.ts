// A port whose bytes are not read: they wait with the driver, not in this process.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Binding, type BindingPort, OPEN_DEFAULTS } from '../../../src/port/binding-types.js';
import { openStreamPort } from '../../../src/port/stream-port.js';

/** A board that sends without end, as fast as it is read. */
function endlessBinding(): { binding: Binding; readBytes: () => number } {
  let readBytes = 0;
  const port: BindingPort = {
    isOpen: true,
    openOptions: { ...OPEN_DEFAULTS, path: 'endless', baudRate: 115200 },
    read: async (buffer, _offset, length) => {
      await nextTurn();
      readBytes += length;
      return { buffer, bytesRead: length };
    },
    write: async () => {},
    update: async () => {},
    set: async () => {},
    get: async () => ({ cts: false, dsr: false, dcd: false }),
    getBaudRate: async () => ({ baudRate: 115200 }),
    flush: async () => {},
    drain: async () => {},
    close: async () => {},
  };
  return { binding: { list: async () => [], open: async () => port }, readBytes: () => readBytes };
}

test('takes no more than it may keep until it is read', async () => {
  const { binding, readBytes } = endlessBinding();
  await using port = await openStreamPort({
    name: 'endless',
    path: 'endless',
    baudRate: 115200,
    binding,
    onNotice: () => {},
  });
  for (let turn = 0; turn < 2000; turn++) await nextTurn();
  const kept = readBytes();
  expect(kept).toBeGreaterThan(1024 * 1024);
  expect(kept).toBeLessThan(2 * 1024 * 1024);
  let taken = 0;
  while (taken <= kept) taken += (await port.read({ timeoutMs: 30_000 }))?.length ?? 0;
  expect(readBytes()).toBeGreaterThan(kept);
});
