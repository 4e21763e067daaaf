import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BootBaudPort } from '../../../src/esp/boot-baud.js';
import { FakePort } from '../../support/fake-port.js';

const NOISE = Buffer.from('rl\0l|\0\x02\f\f\x80\x8cbp\xee\x0el', 'latin1');
const ROM_TEXT = [
  '',
  ' ets Jan  8 2013,rst cause:2, boot mode:(3,6)',
  '',
  'load 0x40100000, len 10, room 16 ',
];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Moves the clock until `work` has ended. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  return work;
}

async function readAll(port: BootBaudPort): Promise<string> {
  return Buffer.from((await within(1, port.read({ timeoutMs: 0 }))) ?? []).toString('latin1');
}

test("a reset by the port is read at the ROM's baud rate, up to its last line", async () => {
  const board = new FakePort();
  const port = new BootBaudPort(board, 74880);
  await within(200, port.reset(undefined));
  expect(board.baudRate).toBe(74880);
  expect(board.lines).toEqual([
    { dtr: false, rts: true },
    { dtr: false, rts: false },
  ]);
  board.send(ROM_TEXT.join('\r\n'));
  expect(await readAll(port)).toContain('rst cause:2');
  expect(board.baudRate).toBe(74880);
  board.send('\r\ncsum 0x7');
  await readAll(port);
  expect(board.baudRate).toBe(74880);
  board.send('d\r\n');
  await readAll(port);
  expect(board.baudRate).toBe(115200);
});

test("another reset is followed from the noise on, until the program's own baud rate", async () => {
  const board = new FakePort();
  const port = new BootBaudPort(board, 74880);
  board.send(NOISE);
  await readAll(port);
  expect(board.baudRate).toBe(74880);
  board.send('load 0x40100000, len 10, room 16 \r\ntail 4\r\n');
  await readAll(port);
  expect(board.baudRate).toBe(74880);
  board.send(NOISE);
  await readAll(port);
  expect(board.baudRate).toBe(115200);
});

test('a board that sends nothing at that rate is read at its own again after a second', async () => {
  const board = new FakePort();
  const port = new BootBaudPort(board, 74880);
  await within(200, port.reset(undefined));
  expect(await within(5000, port.read({ timeoutMs: 5000 }))).toBeUndefined();
  expect(board.baudRate).toBe(115200);
});

test('binary output that was no reset is not taken for one over and over', async () => {
  const board = new FakePort();
  const port = new BootBaudPort(board, 74880);
  board.send(NOISE);
  await readAll(port);
  expect(await within(5000, port.read({ timeoutMs: 5000 }))).toBeUndefined();
  board.send(NOISE);
  await readAll(port);
  expect(board.baudRate).toBe(115200);
});
