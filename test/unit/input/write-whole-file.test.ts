import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeWholeFile } from '../../../src/input/write-whole-file.js';

const folder = mkdtempSync(join(tmpdir(), 'write-whole-file-'));
const here = (name: string) => join(folder, name);
const bytes = [Buffer.from('new')];
afterAll(() => rmSync(folder, { recursive: true }));

test('replaces a file', async () => {
  writeFileSync(here('file'), 'old content');
  await writeWholeFile(here('file'), bytes);
  expect(readFileSync(here('file'), 'utf8')).toBe('new');
});

test.each(['x'.repeat(255), '\u20ac'.repeat(85)])('takes a name of 255 bytes (%s)', async (name) => {
  await writeWholeFile(here(name), bytes);
  expect(readFileSync(here(name), 'utf8')).toBe('new');
});

test.skipIf(process.platform === 'win32')('does not replace a pipe, nor a link to one', async () => {
  execFileSync('mkfifo', [here('pipe')]);
  symlinkSync(here('pipe'), here('link'));
  for (const name of ['pipe', 'link']) {
    const refusal = { code: 'output-failed', message: expect.stringContaining('not a regular file') };
    await expect(writeWholeFile(here(name), bytes)).rejects.toMatchObject(refusal);
  }
  expect(lstatSync(here('pipe')).isFIFO()).toBe(true);
  expect(lstatSync(here('link')).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});
