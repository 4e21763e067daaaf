// Unread bytes of a port: in order, counted, and readable after the port has failed.

import { expect, test } from 'vitest';
import { canceled, ReceiveBuffer } from '../../../src/port/receive-buffer.js';

test('a read takes what fits, and the rest stays counted as unread', async () => {
  const received = new ReceiveBuffer();
  received.push(Buffer.from('abc'));
  received.push(Buffer.from('de'));
  const buffer = Buffer.alloc(6, '.');
  expect(await received.read(buffer, 1, 4)).toBe(4);
  expect(buffer.toString()).toBe('.abcd.');
  expect(received.unreadBytes).toBe(1);
  received.clear();
  expect(received.unreadBytes).toBe(0);
});

test('a pending read gets the next bytes, and an empty piece does not end it', async () => {
  const received = new ReceiveBuffer();
  const buffer = Buffer.alloc(2);
  const reading = received.read(buffer, 0, 2);
  received.push(Buffer.of());
  received.push(Buffer.from('xyz'));
  expect(await reading).toBe(2);
  expect(received.unreadBytes).toBe(1);
});

test('what came before a failure can be read; then each read ends with the error', async () => {
  const received = new ReceiveBuffer();
  received.push(Buffer.from('a'));
  received.fail(new Error('disconnected'));
  expect(await received.read(Buffer.alloc(1), 0, 1)).toBe(1);
  await expect(received.read(Buffer.alloc(1), 0, 1)).rejects.toThrow('disconnected');
});

test('closing a port cancels its pending read', async () => {
  const received = new ReceiveBuffer();
  const reading = received.read(Buffer.alloc(1), 0, 1);
  received.fail(canceled());
  await expect(reading).rejects.toMatchObject({ canceled: true });
});
