import { expect, test } from 'vitest';
import { LossyUartInput } from '../../../../../src/virtual-board/interpreter/console/lossy-uart-input.js';
import {
  NO_INTERRUPT_CHAR,
  SharedMemory,
} from '../../../../../src/virtual-board/interpreter/shared-memory.js';
import { SerialLine } from '../../../../../src/virtual-board/uart/serial-line.js';
import { ManualClock } from '../../../../support/manual-clock.js';
import { seededBytes } from '../../../../support/random.js';

/** The receiving end of a line at 115200 baud; time passes when a test says so. */
function chip() {
  const clock = new ManualClock();
  const memory = new SharedMemory();
  const input = new LossyUartInput(memory, clock);
  const line = new SerialLine({
    clock,
    paced: true,
    hostBaudRate: 115200,
    chipBaudRate: 115200,
    onHostReceive: () => {},
    onChipReceive: (bytes) => input.receive(bytes),
  });
  const readAll = (): number[] => {
    const read: number[] = [];
    for (let byte = memory.shift(); byte !== undefined; byte = memory.shift()) read.push(byte);
    if (memory.takeAskForSpace()) input.feed();
    return read;
  };
  return { clock, memory, input, line, readAll };
}

test('a program that is busy for 100 ms keeps the first 255 bytes and loses the rest', async () => {
  const { clock, line, readAll } = chip();
  const sent = seededBytes(1, 600); // 52 ms
  line.hostWrite(sent);
  await clock.advance(100);
  expect(readAll()).toEqual([...sent.subarray(0, 255)]);
  line.hostWrite(Buffer.from('and then'));
  await clock.advance(10);
  expect(Buffer.from(readAll()).toString()).toBe('and then');
});

test('bytes are kept once it reads again, while the sender continues', async () => {
  const { clock, line, readAll } = chip();
  const sent = seededBytes(2, 2304); // 200 ms
  line.hostWrite(sent);
  await clock.advance(100);
  const kept = readAll();
  expect(kept).toEqual([...sent.subarray(0, 255)]);
  const after: number[] = [];
  for (let ms = 0; ms < 110; ms++) {
    await clock.advance(1);
    after.push(...readAll());
  }
  expect(after.length).toBeGreaterThan(1140);
  expect(after.length).toBeLessThan(1165);
  expect(after).toEqual([...sent.subarray(-after.length)]);
});

test('a program that reads every 20 ms loses nothing of 100 KB', async () => {
  const { clock, line, readAll } = chip();
  const sent = seededBytes(3, 100 * 1024);
  line.hostWrite(sent);
  const read: number[] = [];
  while (clock.nowMs() < 8900) {
    await clock.advance(20);
    read.push(...readAll());
  }
  expect(Buffer.from(read).equals(sent)).toBe(true);
});

test('a program that reads slower than the line loses bytes in the end', async () => {
  const { clock, memory, line } = chip();
  line.hostWrite(seededBytes(4, 4608)); // 400 ms
  let read = 0;
  for (let ms = 0; ms < 1000; ms += 2) {
    await clock.advance(2);
    if (memory.shift() !== undefined) read++;
  }
  expect(read).toBeLessThan(255 + 250);
});

test('bytes that this computer delivers 100 ms late in one piece were not late on the wire', async () => {
  const { clock, input, readAll } = chip();
  const sent = seededBytes(5, 1152);
  input.receive(sent);
  const read: number[] = [];
  for (let ms = 0; ms < 200; ms++) {
    read.push(...readAll());
    await clock.advance(1);
  }
  expect(Buffer.from(read).equals(sent)).toBe(true);
});

test('a full buffer is no proof against a program that did not get to run for some milliseconds', async () => {
  const { clock, line, readAll } = chip();
  const sent = seededBytes(6, 345); // 30 ms: full after 22
  line.hostWrite(sent);
  await clock.advance(31);
  const read = readAll();
  await clock.advance(20);
  read.push(...readAll());
  expect(Buffer.from(read).equals(sent)).toBe(true);
});

test('a program that waits in a read is not busy, however long this computer keeps it from running', async () => {
  const { clock, memory, line, readAll } = chip();
  const sent = seededBytes(8, 1000);
  memory.readerWaits = true;
  line.hostWrite(sent);
  await clock.advance(500);
  const read = readAll();
  for (let ms = 0; ms < 20; ms++) {
    await clock.advance(1);
    read.push(...readAll());
  }
  expect(Buffer.from(read).equals(sent)).toBe(true);
});

test('Ctrl-C takes effect with a full buffer, after the bytes in it', async () => {
  const { clock, memory, line } = chip();
  memory.interruptChar = 3;
  line.hostWrite(seededBytes(7, 400).map((byte) => byte | 0x80));
  line.hostWrite(Uint8Array.of(3));
  await clock.advance(100);
  expect(memory.isInterruptPending).toBe(true);
  expect(memory.interruptPosition).toBe(255);
  expect(memory.interruptChar).not.toBe(NO_INTERRUPT_CHAR);
});
