import { expect, onTestFinished, test, vi } from 'vitest';
import { Keyboard } from '../../../../src/virtual-board/interpreter/console/keyboard.js';
import { UartInput } from '../../../../src/virtual-board/interpreter/console/uart-input.js';
import { InterpreterStopped, SharedMemory } from '../../../../src/virtual-board/interpreter/shared-memory.js';

function takeAll(memory: SharedMemory): number[] {
  const bytes: number[] = [];
  for (let byte = memory.shift(); byte !== undefined; byte = memory.shift()) bytes.push(byte);
  return bytes;
}

test('the ring takes 255 bytes; the rest waits and follows in order', () => {
  const memory = new SharedMemory();
  memory.listen();
  const input = new UartInput(memory);
  const sent = Array.from({ length: 700 }, (_, i) => i % 251);
  input.receive(Uint8Array.from(sent));
  const taken = takeAll(memory);
  expect(taken.length).toBe(255);
  while (memory.takeAskForSpace()) {
    input.feed();
    taken.push(...takeAll(memory));
  }
  expect(taken).toEqual(sent);
});

test('the interrupt character is acted on when it arrives, and is data while it is off', () => {
  const memory = new SharedMemory();
  memory.listen();
  const input = new UartInput(memory);
  input.receive(Uint8Array.of(1, 3));
  expect(memory.isInterruptPending).toBe(false);
  memory.interruptChar = 3;
  input.receive(Uint8Array.of(2, 3, 4));
  expect(memory.takeInterrupt()).toBe(true);
  expect(memory.interruptPosition).toBe(3);
  expect(takeAll(memory)).toEqual([1, 3, 2, 4]);
});

test('an interpreter that was stopped before it began to wait does not wait', () => {
  const wait = vi.spyOn(Atomics, 'wait').mockReturnValue('timed-out');
  onTestFinished(() => wait.mockRestore());
  const memory = new SharedMemory();
  memory.stop();
  expect(() => memory.waitForRing(memory.ringCount, 1000)).toThrow(InterpreterStopped);
  expect(() => memory.waitForReply(memory.replyCount)).toThrow(InterpreterStopped);
  expect(wait).not.toHaveBeenCalled();
});

test('an interpreter that is stopped while it is loaded starts no program', () => {
  const memory = new SharedMemory();
  memory.stop();
  expect(memory.listens).toBe(false); // it will stop by itself
  const keyboard = new Keyboard(memory, () => {});
  expect(() => keyboard.programStarts('file')).toThrow(InterpreterStopped);
  expect(memory.listens).toBe(true);
});
