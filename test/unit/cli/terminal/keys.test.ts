import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listenToKeys } from '../../../../src/cli/terminal/keys.js';

function listening(options: { isTTY: boolean; sends: boolean }) {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: options.isTTY,
    setRawMode: (mode: boolean) => modes.push(mode),
  });
  const done: string[] = [];
  const keys = listenToKeys(input as unknown as NodeJS.ReadStream, {
    leave: () => done.push('leave'),
    reset: () => done.push('reset'),
    help: () => done.push('help'),
    interrupt: () => done.push('interrupt'),
    send: options.sends ? (bytes) => done.push(Buffer.from(bytes).toString()) : undefined,
  });
  const end = async () => {
    input.end();
    await setImmediate();
  };
  const type = async (text: string) => {
    input.write(text);
    await setImmediate();
  };
  return { done, end, keys, modes, type };
}

test('on a terminal four keys act, and nothing goes to the board', async () => {
  const { done, keys, modes, type } = listening({ isTTY: true, sends: false });
  await type('x\x14\x12\x03\x1d');
  expect(done).toEqual(['help', 'reset', 'interrupt', 'leave']);
  keys[Symbol.dispose]();
  expect(modes).toEqual([true, false]);
});

test('in a REPL all but three keys go to the board, Ctrl-C too, pasted text in one piece', async () => {
  const { done, type } = listening({ isTTY: true, sends: true });
  await type('print(1)\r');
  await type('\x03');
  await type('\x04a\x12b\x1d');
  expect(done).toEqual(['print(1)\r', '\x03', '\x04a', 'reset', 'b', 'leave']);
});

test('without a terminal lines go to the board, each as Enter would send it', async () => {
  const { done, end, modes, type } = listening({ isTTY: false, sends: true });
  await type('a = 1\n\nprint(');
  await type('a)\r\n');
  expect(done).toEqual(['a = 1\r', '\r', 'print(a)\r']);
  await end();
  expect(done).toHaveLength(3);
  expect(modes).toEqual([]);
});
