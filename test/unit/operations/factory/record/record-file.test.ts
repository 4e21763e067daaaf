import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Ledger } from '../../../../../src/operations/factory/record/ledger.js';
import { RecordFile } from '../../../../../src/operations/factory/record/record-file.js';
import { temporaryFolder } from '../../../../support/virtual-port.js';

test('is private, appended to, and for one program at a time that others can name', async () => {
  const path = join(temporaryFolder(), 'made.jsonl');
  writeFileSync(path, 'a\n', { mode: 0o644 });
  {
    await using file = await RecordFile.open(path);
    await file.append(Buffer.from('b\n'));
    await file.truncate(3);
    await file.append(Buffer.from('c\n'));
    await expect(RecordFile.open(path)).rejects.toMatchObject({
      code: 'output-failed',
      message: expect.stringContaining(`${path} is in use by `),
    });
  }
  expect(readFileSync(path, 'utf8')).toBe('a\nbc\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(`${path}.lock`, '1 1 other-station ann, since noon');
  await expect(RecordFile.open(path)).rejects.toMatchObject({
    message: `${path} is in use by ann, since noon on other-station (process 1).`,
    next: expect.stringContaining(`remove ${path}.lock`),
  });
});

test.each<[string, (path: string) => void]>([
  ['removed', (path) => rmSync(path)],
  ['changed', (path) => writeFileSync(path, 'a\nb\nc\n')],
  [
    'changed',
    (path) => {
      writeFileSync(`${path}~`, 'a\n');
      renameSync(`${path}~`, path);
    },
  ],
])('refuses a record that was %s meanwhile, and leaves it as it is', async (what, change) => {
  const path = join(temporaryFolder(), 'made.jsonl');
  await using file = await RecordFile.open(path);
  const ledger = await Ledger.open(file, { name: path, tool: 'x' });
  change(path);
  const content = () => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  const before = content();
  const row = { number: 1, serial: '1' };
  await expect(ledger.start('00:00:00:00:00:01', () => row, { time: '' })).rejects.toMatchObject({
    code: 'output-failed',
    message: `${path} was ${what} while boards were made.`,
  });
  expect(content()).toBe(before);
});

test('leaves no lock where the record cannot be opened', async () => {
  const folder = temporaryFolder();
  await expect(RecordFile.open(folder)).rejects.toMatchObject({ code: 'output-failed' });
  await expect(RecordFile.open(join(folder, 'none', 'made.jsonl'))).rejects.toMatchObject({
    code: 'output-failed',
  });
  expect(() => statSync(`${folder}.lock`)).toThrow();
});

test.skipIf(process.platform !== 'linux')('reports a disk that is full', async () => {
  // /dev/full is no regular file, which the record must be.
  await expect(RecordFile.open('/dev/full')).rejects.toThrow('cannot be written');
});
