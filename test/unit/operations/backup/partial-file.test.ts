import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PIECE_BYTES } from '../../../../src/operations/backup/backup-file.js';
import { PartialFile } from '../../../../src/operations/backup/partial-file.js';

const folder = mkdtempSync(join(tmpdir(), 'partial-file-'));
const here = (name: string) => join(folder, name);
const piece = (letter: string) => Buffer.alloc(PIECE_BYTES, letter);
const FLASH_BYTES = 8 * PIECE_BYTES;
afterAll(() => rmSync(folder, { recursive: true }));

async function interruptedAfter(file: string, letters: string): Promise<void> {
  await using partial = new PartialFile(file, 'board');
  for (const [index, letter] of [...letters].entries())
    await partial.append(piece(letter), index * PIECE_BYTES);
}

test('a run that is interrupted again loses nothing of the first one', async () => {
  const file = here('twice');
  await interruptedAfter(file, 'abcd');
  chmodSync(`${file}.partial`, 0o644);
  {
    await using again = new PartialFile(file, 'board');
    expect(await again.read(FLASH_BYTES)).toHaveLength(4 * PIECE_BYTES);
  }
  {
    await using later = new PartialFile(file, 'board');
    expect(await later.read(FLASH_BYTES)).toHaveLength(4 * PIECE_BYTES);
    await later.append(piece('x'), 2 * PIECE_BYTES); // the board has changed since
  }
  await using last = new PartialFile(file, 'board');
  const pieces = Buffer.concat([piece('a'), piece('b'), piece('x')]);
  expect(pieces.equals(await last.read(FLASH_BYTES))).toBe(true);
  expect(statSync(`${file}.partial`).mode & 0o777).toBe(0o600);
});

test('the pieces of another board are replaced', async () => {
  const file = here('other');
  await interruptedAfter(file, 'ab');
  await using other = new PartialFile(file, 'another board');
  expect(await other.read(FLASH_BYTES)).toHaveLength(0);
  await other.append(piece('c'), 0);
  expect(piece('c').equals(await other.read(FLASH_BYTES))).toBe(true);
});

test('a file of this name that no backup made is left alone', async () => {
  const file = here('thesis');
  writeFileSync(`${file}.partial`, 'chapter 1');
  await using partial = new PartialFile(file, 'board');
  await expect(partial.read(FLASH_BYTES)).rejects.toMatchObject({ code: 'usage' });
  expect(readFileSync(`${file}.partial`, 'utf8')).toBe('chapter 1');
});
