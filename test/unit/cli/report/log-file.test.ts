import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LogFile } from '../../../../src/cli/report/log-file.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

test('appends to what is there, and each line is in the file when write returns', () => {
  const path = join(temporaryFolder(), 'board.log');
  writeFileSync(path, 'before\n');
  using file = new LogFile(path, 1000);
  file.write('Bäckerei');
  expect(readFileSync(path, 'utf8')).toBe('before\nBäckerei\n');
});

test('a full file is rotated, three are kept, and no line is lost', () => {
  const path = join(temporaryFolder(), 'board.log');
  using file = new LogFile(path, 28);
  const written = Array.from({ length: 9 }, (_, n) => `line number ${n}\n`); // 14 bytes: two a file
  for (const line of written) file.write(line.trim());
  const files = [`${path}.3`, `${path}.2`, `${path}.1`, path].map((name) => readFileSync(name, 'utf8'));
  expect(files).toEqual([2, 4, 6, 8].map((first) => written.slice(first, first + 2).join('')));
  expect(existsSync(`${path}.4`)).toBe(false);
});

test('a line that is larger than a file may be is written all the same', () => {
  const path = join(temporaryFolder(), 'board.log');
  using file = new LogFile(path, 5);
  file.write('longer than that');
  expect(readFileSync(path, 'utf8')).toBe('longer than that\n');
  expect(existsSync(`${path}.1`)).toBe(false);
});

test('reports a file that cannot be written with its name', () => {
  expect(() => new LogFile('/no/such/folder/board.log', 10)).toThrow(
    expect.objectContaining({ code: 'log-file-failed', message: expect.stringContaining('/no/such/folder') }),
  );
});

test('a rotation that fails closes its file once: its number may be of another file by then', () => {
  const path = join(temporaryFolder(), 'board.log');
  const file = new LogFile(path, 20);
  file.write('line number 0');
  mkdirSync(join(`${path}.3`, 'in-the-way'), { recursive: true });
  expect(() => file.write('line number 1')).toThrow(expect.objectContaining({ code: 'log-file-failed' }));
  const others = openSync(path, 'r'); // takes the lowest number that is free
  file[Symbol.dispose]();
  expect(fstatSync(others).isFile()).toBe(true);
  closeSync(others);
});

test.runIf(existsSync('/dev/full'))('a device keeps its name, however much it takes', () => {
  const path = join(temporaryFolder(), 'null');
  symlinkSync('/dev/null', path);
  using file = new LogFile(path, 20);
  for (let line = 0; line < 5; line++) file.write('as long as the limit');
  expect(existsSync(`${path}.1`)).toBe(false);
});

test.runIf(existsSync('/dev/full'))('a pipe that nothing reads is an error, not a wait', () => {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  expect(() => new LogFile(path, 20)).toThrow(expect.objectContaining({ code: 'log-file-failed' }));
});

test.runIf(existsSync('/dev/full'))('a full disk is named as that', () => {
  using file = new LogFile('/dev/full', 1000);
  expect(() => file.write('a line')).toThrow('The log file /dev/full cannot be written: the disk is full.');
});

test.skipIf(process.platform === 'win32')(
  'a pipe that takes a line in part fails instead of losing the rest',
  () => {
    const path = join(temporaryFolder(), 'pipe');
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    using file = new LogFile(path, 1000);
    const moreThanAPipeTakes = 'x'.repeat(4 * 1024 * 1024);
    expect(() => file.write(moreThanAPipeTakes)).toThrow(
      expect.objectContaining({ code: 'log-file-failed' }),
    );
    closeSync(reader);
  },
);
