// Input in real time: the line's clock, the interrupt, the buffer, and MicroPython that reads it or does not.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { SYSTEM_CLOCK } from '../../../../../src/virtual-board/clock.js';
import { SerialLine } from '../../../../../src/virtual-board/uart/serial-line.js';
import { seededBytes } from '../../../../support/random.js';
import { PROMPT, RunningBoard } from '../running-board.js';

const GO = 'go\r\n';

/** A board at its raw prompt, and the line that leads to it. */
async function wired() {
  const board = new RunningBoard({ speed: 'real' });
  onTestFinished(() => board[Symbol.asyncDispose]());
  await board.until(PROMPT);
  await board.enterRaw();
  const line = new SerialLine({
    clock: SYSTEM_CLOCK,
    paced: true,
    hostBaudRate: 115200,
    chipBaudRate: 115200,
    onHostReceive: () => {},
    onChipReceive: (bytes) => board.send(Buffer.from(bytes).toString('latin1')),
  });
  return { board, line };
}

/**
 * Resolves when what this computer delivered late has arrived as well. The input's timers of 2 and 10 ms are in this
 * thread: each of them comes before one of as many milliseconds that is set later.
 */
async function inputSettles(): Promise<void> {
  for (let step = 0; step < 30; step++) await sleep(10);
}

/** A file that ends what keeps a program busy. */
const SENT = 'sent';

test.each([
  ['sleeps', 'time.sleep_ms(20)'],
  ['computes', 'for _ in range(10000): pass'],
])('the first 255 bytes of 600 are kept for a program that %s while they come', async (_, busy) => {
  const { board, line } = await wired();
  const sent = seededBytes(1, 600);
  board.send(
    `import sys, time, os, micropython, binascii\nmicropython.kbd_intr(-1)\nprint('go')\n` +
      `while '${SENT}' not in os.listdir():\n ${busy}\n` +
      "r = sys.stdin.buffer.read(255)\nprint('more')\nprint(binascii.hexlify(r), sys.stdin.buffer.read(3))\nmicropython.kbd_intr(3)\x04",
  );
  await board.until(GO);
  line.hostWrite(sent);
  await line.hostPending(0);
  await inputSettles();
  writeFileSync(join(board.files, SENT), '');
  await board.until('more\r\n');
  line.hostWrite(Buffer.from('END'));
  expect(await board.until('\x04')).toBe(
    `b'${Buffer.from(sent.subarray(0, 255)).toString('hex')}' b'END'\r\n\x04`,
  );
});

const PIECE_BYTES = 64;
/** Fits into the buffer, whenever this computer lets the program run. */
const PIECES_AHEAD = 3;

test('a program that reads loses nothing of 100 KB, which take no less than their time', async () => {
  const { board, line } = await wired();
  const sent = seededBytes(2, 100 * 1024);
  board.send(
    'import sys, hashlib, binascii, micropython\nh = hashlib.sha256()\nmicropython.kbd_intr(-1)\nprint("go")\n' +
      `for i in range(${sent.length / PIECE_BYTES}):\n h.update(sys.stdin.buffer.read(${PIECE_BYTES}))\n print('.', end='')\n` +
      'micropython.kbd_intr(3)\nprint(binascii.hexlify(h.digest()))\x04',
  );
  await board.until(GO);
  const start = performance.now();
  let sentBytes = 0;
  for (let readBytes = 0; readBytes < sent.length; readBytes += PIECE_BYTES) {
    const ahead = Math.min(sent.length, readBytes + PIECES_AHEAD * PIECE_BYTES);
    line.hostWrite(sent.subarray(sentBytes, ahead));
    sentBytes = ahead;
    await board.until('.');
  }
  const answer = await board.until('\x04');
  const tookMs = performance.now() - start;
  expect(answer).toContain(createHash('sha256').update(sent).digest('hex'));
  const wireMs = (sent.length * 10_000) / 115200;
  expect(tookMs / wireMs).toBeGreaterThan(0.97);
});
