import { describe, expect, test, vi } from 'vitest';
import type { Keyboard } from '../../../../../src/virtual-board/interpreter/console/keyboard.js';
import { UartOutput } from '../../../../../src/virtual-board/interpreter/console/uart-output.js';
import { OutputRing } from '../../../../../src/virtual-board/interpreter/output-ring.js';
import { SharedMemory } from '../../../../../src/virtual-board/interpreter/shared-memory.js';
import { seededBytes } from '../../../../support/random.js';

const keyboard = { scheduleInterrupt: () => {} } as unknown as Keyboard;

/** The worker's side, and a main thread that comes when it is waited for. */
function output() {
  const memory = new SharedMemory();
  const pieces: Uint8Array[] = [];
  let announced = 0;
  vi.spyOn(memory, 'waitForRing').mockImplementation(() => void pieces.push(memory.output.take()));
  const line = { baudRate: 115200, isPaced: false };
  return {
    memory,
    pieces,
    announced: () => announced,
    uart: new UartOutput(memory, () => announced++, line),
  };
}

describe('the output of a board that is written faster than it is taken', () => {
  test('waits, and loses nothing of a write that is longer than the ring', () => {
    const { memory, pieces, uart } = output();
    const bytes = seededBytes(33, 3 * OutputRing.BYTES + 5);
    uart.write(bytes, keyboard);
    expect(pieces.length).toBeGreaterThan(2);
    expect(Buffer.concat([...pieces, memory.output.take()]).equals(bytes)).toBe(true);
  });

  test('is announced once until it is taken', () => {
    const { memory, pieces, announced, uart } = output();
    for (const text of ['print', '(', '42', ')']) uart.write(Buffer.from(text), keyboard);
    expect(announced()).toBe(1);
    expect(pieces).toEqual([]);
    expect(Buffer.from(memory.output.take()).toString()).toBe('print(42)');
  });

  test('is handed over before the line changes', () => {
    const { memory, pieces, uart } = output();
    uart.write(Buffer.from('last words'), keyboard);
    uart.handOver();
    expect(memory.output.length).toBe(0);
    expect(Buffer.concat(pieces).toString()).toBe('last words');
  });

  test('is forgotten with the worker that wrote it', () => {
    const { memory, announced, uart } = output();
    uart.write(Buffer.from('of the program that was ended'), keyboard);
    memory.forgetWorker();
    uart.write(Buffer.from('>>> '), keyboard);
    expect(announced()).toBe(2);
    expect(Buffer.from(memory.output.take()).toString()).toBe('>>> ');
  });
});
