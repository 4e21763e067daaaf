import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PROMPT, RunningBoard } from './running-board.js';

const FAILED = "The virtual board's interpreter failed: ";
const folder = mkdtempSync(join(tmpdir(), 'esp-portal-crash-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Long enough for a restart, which takes a tenth of it. */
async function staysSilent(board: RunningBoard): Promise<void> {
  board.received = '';
  board.send('\r\x03\x04');
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(board.received).toBe('');
  expect(board.resets).toBe(0);
  expect(board.messages).toHaveLength(1);
}

test('a failed interpreter reports it once, prints nothing more, and starts again at a reset', async () => {
  await using board = new RunningBoard();
  await board.until(PROMPT);
  // Its folder becomes a file, of which a soft reset can make no filesystem.
  rmSync(board.files, { recursive: true });
  writeFileSync(board.files, '');
  board.send('\x04');
  await board.message(FAILED);
  await staysSilent(board);
  rmSync(board.files);
  await board.powerCycle();
  expect(await board.until(PROMPT)).toContain('MicroPython v');
});

test('an interpreter that cannot start reports it once', async () => {
  const file = join(folder, 'no-folder');
  writeFileSync(file, '');
  await using board = new RunningBoard({ files: { folder: file, capacityBytes: 65536 } });
  await board.message(FAILED);
  await staysSilent(board);
});
