import { PassThrough } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { listenToKeys, takeKeys } from '../../../../src/cli/terminal/keys.js';

function listening(options: { isTTY: boolean; sends: boolean; taken?: Promise<void> }) {
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
    send: options.sends
      ? (bytes) => {
          done.push(Buffer.from(bytes).toString());
          return options.taken ?? Promise.resolve();
        }
      : undefined,
    tooLong: (limitBytes) => done.push(`more than ${limitBytes}`),
  });
  const end = async () => {
    input.end();
    await setImmediate();
  };
  const type = async (text: string) => {
    input.write(text);
    await setImmediate();
  };
  return { done, end, input, keys, modes, type };
}

test('on a terminal four keys act, and nothing goes to the board', async () => {
  const { done, keys, modes, type } = listening({ isTTY: true, sends: false });
  await type('x\x14\x12\x03\x1d');
  expect(done).toEqual(['help', 'reset', 'interrupt', 'leave']);
  keys[Symbol.dispose]();
  expect(modes).toEqual([true, false]);
});

test('a terminal that a shell has used meanwhile gets its mode again, in the foreground only', () => {
  const modes: boolean[] = [];
  const setRawMode = (mode: boolean) => modes.push(mode);
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode }) as unknown as NodeJS.ReadStream;
  for (const isBehind of [false, true]) {
    using _keys = takeKeys(
      input,
      () => {},
      () => isBehind,
    );
    process.emit('SIGCONT');
  }
  process.emit('SIGCONT');
  expect(modes).toEqual([true, false, true, false, true, false]);
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

test('lines wait until the board has taken the one before, and the pipe with them', async () => {
  let take = () => {};
  const taken = new Promise<void>((resolve) => {
    take = resolve;
  });
  const { done, input, type } = listening({ isTTY: false, sends: true, taken });
  await type('a\n'.repeat(100_000));
  expect(done).toEqual(['a\r']);
  expect(input.write('b\n'.repeat(100_000))).toBe(false);
  take();
  await setImmediate();
  expect(done.length).toBeGreaterThan(1);
});

test('a line without end ends it', async () => {
  const { done, type } = listening({ isTTY: false, sends: true });
  await type('x\n');
  for (let piece = 0; piece < 9; piece++) await type('\0'.repeat(8 * 1024));
  expect(done).toEqual(['x\r', 'more than 65536']);
});
