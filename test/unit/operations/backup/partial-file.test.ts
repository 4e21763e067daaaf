import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PortalError } from '../../../../src/errors.js';
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

test('a piece that was cut off is dropped, the short last piece of a whole flash is not', async () => {
  const file = here('cut');
  await interruptedAfter(file, 'ab');
  appendFileSync(`${file}.partial`, 'tail');
  await using partial = new PartialFile(file, 'board');
  expect(await partial.read(FLASH_BYTES)).toHaveLength(2 * PIECE_BYTES);
  expect(await partial.read(2 * PIECE_BYTES + 4)).toHaveLength(2 * PIECE_BYTES + 4);
  await expect(partial.read(2 * PIECE_BYTES + 3)).rejects.toMatchObject({ code: 'usage' });
});

test('the advice is to continue once there is a piece to continue from', async () => {
  const file = here('advice');
  const error = new PortalError('interrupted', 'Interrupted.');
  const adviceOf = (partial: PartialFile) => (partial.withAdvice(error) as PortalError).next;
  const advice = `Run the same command again: it continues from ${file}.partial.`;
  await using first = new PartialFile(file, 'board');
  await first.read(FLASH_BYTES);
  expect(adviceOf(first)).toBeUndefined();
  await first.append(piece('a'), 0);
  expect(adviceOf(first)).toBe(advice);
  const bug = new TypeError('bug');
  expect(first.withAdvice(bug)).toBe(bug);
  await using next = new PartialFile(file, 'board');
  await next.read(FLASH_BYTES);
  expect(adviceOf(next)).toBe(advice);
});

test('a link in place of the file is not written through', async () => {
  const file = here('linked');
  await interruptedAfter(here('target'), 'a');
  symlinkSync(`${here('target')}.partial`, `${file}.partial`);
  await using partial = new PartialFile(file, 'board');
  await expect(partial.append(piece('b'), PIECE_BYTES)).rejects.toMatchObject({ code: 'output-failed' });
});
