import { afterEach, expect, test, vi } from 'vitest';
import type { PortalError } from '../../../src/errors.js';
import { RawRepl } from '../../../src/micropython/raw-repl.js';
import { ByteReader } from '../../../src/port/byte-reader.js';
import { FakePort } from '../../support/fake-port.js';
import { BANNER, ScriptedBoard } from '../../support/scripted-board.js';

const ok = (output: string) => () => `${output}\x04`;

afterEach(() => {
  vi.useRealTimers();
});

/** Waits of seconds, without waiting. */
async function soon<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  await vi.advanceTimersByTimeAsync(30_000);
  return work;
}
const useManualClock = () =>
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });

test('code of any length goes out within the credit that the board grants', async () => {
  const board = new ScriptedBoard(ok('done'), 'R\x01');
  const repl = await RawRepl.enter(board.port);
  const code = `x = '${'a'.repeat(1000)}'`;
  expect(await repl.exec(code)).toBe('done');
  expect(board.code).toBe(code);
  expect(board.overrun).toBe(0);
});

test('code never fills the 256 bytes of a UART buffer of which one stays empty', async () => {
  const board = new ScriptedBoard(ok('done'), 'R\x01', 128);
  let unread: number[] = [];
  let lost = 0;
  // The board reads once the host has written all that it may.
  const port = new FakePort((bytes) => {
    for (const byte of bytes) {
      if (unread.length < 255) unread.push(byte);
      else lost += 1;
    }
    setImmediate(() => {
      const read = Buffer.from(unread);
      unread = [];
      if (read.length > 0) void board.port.write(read);
    });
  });
  board.port.send = (bytes) => port.send(bytes);
  const repl = await RawRepl.enter(port);
  const code = `x = '${'a'.repeat(1000)}'`;
  expect(await repl.exec(code)).toBe('done');
  expect([lost, board.code]).toEqual([0, code]);
});

test.each([
  ['does not know raw-paste', BANNER],
  ['knows raw-paste but does not support it', 'R\x00'],
])('firmware that %s gets the code in plain raw mode', async (_what, answer) => {
  const board = new ScriptedBoard(ok('1\r\n'), answer);
  const repl = await RawRepl.enter(board.port);
  expect(await repl.exec('print(1)')).toBe('1\r\n');
  expect(await repl.exec('print(1) # again')).toBe('1\r\n');
  expect(board.code).toBe('print(1) # again');
});

test('without flow control, code comes no faster than a board reads that buffers 64 bytes', async () => {
  useManualClock();
  const board = new ScriptedBoard(ok('done'), BANNER);
  const { port } = board;
  port.baudRate = 9600;
  const repl = await soon(RawRepl.enter(port));
  const write = port.write.bind(port);
  let unreadBytes = 0;
  let mostBytes = 0;
  let lastMs = performance.now();
  port.write = (bytes) => {
    const readBytes = ((performance.now() - lastMs) * port.baudRate) / 10_000;
    lastMs = performance.now();
    unreadBytes = Math.max(0, unreadBytes - readBytes) + bytes.length;
    mostBytes = Math.max(mostBytes, unreadBytes);
    return write(bytes);
  };
  expect(await soon(repl.exec(`x = '${'a'.repeat(1000)}'`))).toBe('done');
  expect(mostBytes).toBeLessThanOrEqual(64);
});

test('a raw paste that the board ends in the middle is ended, and its report is the error', async () => {
  const traceback = 'Traceback (most recent call last):\r\nMemoryError: memory allocation failed\r\n';
  const board = new ScriptedBoard(() => `\x04${traceback}`, 'R\x01');
  board.pasteEndsAfter = 100;
  const repl = await RawRepl.enter(board.port);
  await expect(repl.exec(`x = '${'a'.repeat(1000)}'`)).rejects.toMatchObject({ code: 'board-no-memory' });
  expect(board.overrun).toBe(0);
  expect(board.port.written.subarray(-1)).toEqual(Buffer.of(4)); // without it the board waits for ever
  board.pasteEndsAfter = Number.POSITIVE_INFINITY;
  await expect(repl.exec('print(1)')).rejects.toMatchObject({ code: 'board-no-memory' });
  expect(board.code).toBe('print(1)');
});

test('a traceback becomes an error that carries it', async () => {
  const traceback =
    'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nOSError: 28\r\n';
  const board = new ScriptedBoard(() => `out\x04${traceback}`, 'R\x01');
  const repl = await RawRepl.enter(board.port);
  const error = await repl.exec('f.write(b)').catch((caught: PortalError) => caught);
  expect(error).toMatchObject({
    code: 'board-no-space',
    boardOutput: traceback.trim().replaceAll('\r\n', '\n'),
  });
});

test('a raw REPL that was left open, which shows no prompt, is entered all the same', async () => {
  const board = new ScriptedBoard(ok('1'), 'R\x01');
  await RawRepl.enter(board.port);
  const again = await RawRepl.enter(board.port);
  expect(await again.exec('print(1)')).toBe('1');
});

test('banners that earlier tries provoked do not confuse what follows', async () => {
  const board = new ScriptedBoard(ok('1'), 'R\x01');
  const late = board.port;
  const repl = RawRepl.enter(late);
  late.send(`\r\n>>> \r\n${BANNER}`);
  expect(await (await repl).exec('print(1)')).toBe('1');
});

test('leaving gives the board back at its friendly prompt', async () => {
  const board = new ScriptedBoard(ok(''), 'R\x01');
  {
    await using repl = await RawRepl.enter(board.port);
    await repl.exec('pass');
  }
  expect(board.port.written.subarray(-2).toString('latin1')).toBe('\x03\x02');
});

test('a board that sends nothing is reported after one reset', async () => {
  useManualClock();
  const port = new FakePort();
  await expect(soon(RawRepl.enter(port))).rejects.toMatchObject({ code: 'repl-silent' });
  expect(port.lines).toEqual([
    { dtr: false, rts: true },
    { dtr: false, rts: false },
  ]);
});

test('an unplugged board ends the wait at once', async () => {
  const port = new FakePort((_bytes, fake) => fake.unplug());
  await expect(RawRepl.enter(port)).rejects.toMatchObject({ code: 'port-lost' });
});

test('the caller can give up while code runs', async () => {
  const board = new ScriptedBoard(() => undefined, 'R\x01'); // never ends its output
  const abort = new AbortController();
  const repl = await RawRepl.enter(board.port, abort.signal);
  const running = repl.exec('while True: pass', { timeoutMs: 60_000 });
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});

/** A board whose every answer has this in front of it and in its middle. */
function noisy(board: ScriptedBoard, noise: string): void {
  const send = board.port.send.bind(board.port);
  board.port.send = (bytes) => {
    const text = Buffer.from(bytes as string, 'latin1').toString('latin1');
    const at = text.indexOf('\r\n');
    send(at < 0 ? noise + text : noise + text.slice(0, at + 2) + noise + text.slice(at + 2));
  };
}

test.each([
  'LmacRxBlk:1\r\n',
  'bcn_timout,ap_probe_send_start\r\n',
  '#5 ets_task(4020f510, 29, 3fff8f88, 10)\r\n',
  '\x1b[0;32mI (4021) wifi: state: init -> auth (b0)\x1b[0m\r\n',
  'E (31) wifi:esf_buf: t=9 l=32 max:32\n',
])('%j of the SDK in the middle of an exchange is no part of it', async (noise) => {
  const board = new ScriptedBoard(ok('1\r\n2\r\n'), 'R\x01');
  const repl = await RawRepl.enter(board.port);
  board.port.send = board.port.send.bind(board.port);
  noisy(board, noise);
  expect(await repl.exec(`x = '${'a'.repeat(200)}'`)).toBe('1\r\n2\r\n');
});

test('the SDK does not keep a board from being entered', async () => {
  const board = new ScriptedBoard(ok('1\r\n'), 'R\x01');
  noisy(board, 'LmacRxBlk:1\r\n');
  await RawRepl.enter(board.port);
  expect(board.port.lines).toEqual([]); // no reset was needed
});

test('code that prints without end ends at its deadline as repl-stalled, not as repl-silent', async () => {
  useManualClock();
  const board = new ScriptedBoard(() => undefined, 'R\x01');
  const repl = await soon(RawRepl.enter(board.port));
  setInterval(() => board.port.send('tick\r\n'), 20);
  await expect(soon(repl.exec('while True: print()', { timeoutMs: 5000 }))).rejects.toMatchObject({
    code: 'repl-stalled',
  });
});

test('code that shows progress may take longer than the idle timeout', async () => {
  useManualClock();
  const board = new ScriptedBoard(() => undefined, 'R\x01');
  const repl = await soon(RawRepl.enter(board.port));
  const running = repl.exec('long()');
  for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 5000) {
    await vi.advanceTimersByTimeAsync(5000);
    board.port.send('\x06');
  }
  board.port.send('done\x04\x04>');
  expect(await soon(running)).toBe('done');
});

test('what cleans up after a failure never exceeds the 255 bytes that a board buffers', async () => {
  useManualClock();
  const board = new ScriptedBoard(ok(''), 'R\x01');
  const repl = await soon(RawRepl.enter(board.port));
  const sizes: number[] = [];
  const { port } = board;
  const write = port.write.bind(port);
  port.write = (bytes) => {
    sizes.push(bytes.length);
    return write(bytes);
  };
  await soon(repl.abortAndReset('x = 1\n'.repeat(80)));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32);
});

test.each(['restartBoard', 'abortAndReset'] as const)(
  'after %s, what the board sends is left for the log, without the acknowledgement of the code',
  async (restart) => {
    useManualClock();
    const board = new ScriptedBoard(() => 'ets Jul 29 2019 12:21:46\r\n', BANNER);
    const repl = await soon(RawRepl.enter(board.port));
    await soon(repl[restart]());
    const log = await ByteReader.of(board.port).read({ timeoutMs: 0 });
    expect(Buffer.from(log ?? []).toString('latin1')).toMatch(/^ets Jul 29/);
  },
);
