// How long esptool-js waits for answers through our transport; time is advanced by the test.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { espLoader } from '../../../src/esp/packet-transport.js';
import { PacketChannel, slipEncode } from '../../../src/esp/slip.js';
import { FakePort } from '../../support/fake-port.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('an answer that is allowed 200 ms may take 400 ms, as over a network', async () => {
  const port = new FakePort();
  const answer = espLoader(new PacketChannel(port, undefined)).transport.read(200);
  await vi.advanceTimersByTimeAsync(400);
  port.send(slipEncode(Buffer.from('OHAI')));
  expect(Buffer.from((await answer) ?? []).toString()).toBe('OHAI');
});

test('waits for SYNC no longer than requested, because it is sent again', async () => {
  const port = new FakePort();
  const channel = new PacketChannel(port, undefined);
  const { transport } = espLoader(channel);
  const silent = expect(channel.keepingInput(() => transport.read(100))).rejects.toThrow('within 100 ms');
  await vi.advanceTimersByTimeAsync(101);
  await silent;
});
