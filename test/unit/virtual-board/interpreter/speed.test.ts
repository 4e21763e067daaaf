import { expect, test } from 'vitest';
import { PROMPT, RunningBoard } from './running-board.js';

test('at real speed print takes as long as the line does, but for the FIFO', async () => {
  await using board = new RunningBoard({ speed: 'real' });
  await board.until(PROMPT);
  await board.enterRaw();
  const { out } = await board.exec(
    'import time\nt = time.ticks_ms()\nfor i in range(40): print("x" * 48)\nprint(time.ticks_diff(time.ticks_ms(), t))',
  );
  const tookMs = Number(out.trim().split('\n').at(-1));
  // 2,000 bytes at 11,520 a second, of which 128 may still wait.
  expect(tookMs).toBeGreaterThanOrEqual(160);
  expect(tookMs).toBeLessThan(1000);
});

test('at real speed a scan takes about two seconds and Ctrl-C ends it', async () => {
  await using board = new RunningBoard({ speed: 'real' });
  await board.until(PROMPT);
  await board.enterRaw();
  board.send(
    'import network, time\nw = network.WLAN(0)\nw.active(True)\nt = time.ticks_ms()\nn = len(w.scan())\n' +
      'print(n, time.ticks_diff(time.ticks_ms(), t) // 1000)\nw.scan()\x04',
  );
  await board.until('4 2\r\n');
  board.send('\x03');
  expect(await board.until('\x04>')).toContain('line 7, in <module>\r\nKeyboardInterrupt');
});
