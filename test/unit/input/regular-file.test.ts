// Files as a careless or hostile command line names them: devices, pipes, files without end.
import { execFileSync } from 'node:child_process';
import fs, { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readRegularFile, readRegularFileSync } from '../../../src/input/regular-file.js';
import { seededBytes } from '../../support/random.js';
import { temporaryFolder } from '../../support/virtual-port.js';

const LIMIT = { maxBytes: 1024 * 1024 };

/** Calls a function before each piece that is read synchronously, until the test ends. */
function beforeEachRead(act: () => void): void {
  const { readSync } = fs;
  const replaceBy = (read: typeof readSync) => {
    fs.readSync = read;
    syncBuiltinESMExports();
  };
  replaceBy(((...args: Parameters<typeof readSync>) => {
    act();
    return readSync(...args);
  }) as typeof readSync);
  onTestFinished(() => replaceBy(readSync));
}

test.each([0, 1, 256 * 1024, 256 * 1024 + 1, LIMIT.maxBytes])(
  'a file of %i bytes is read whole',
  async (size) => {
    const path = join(temporaryFolder(), 'file');
    const bytes = seededBytes(size, size);
    writeFileSync(path, bytes);
    expect((await readRegularFile(path, LIMIT)).equals(bytes)).toBe(true);
    expect(readRegularFileSync(path, LIMIT).equals(bytes)).toBe(true);
  },
);

test.each([
  ['a directory', () => temporaryFolder(), 'is a directory, not a regular file'],
  ['a pipe that nothing writes to', pipe, 'is a device, pipe or socket, not a regular file'],
  ['a link to a pipe', () => linkTo(pipe()), 'is a device, pipe or socket'],
  ['a file above the limit', () => sparse(LIMIT.maxBytes + 1), 'is larger than 1 MB'],
  ['3 GB', () => sparse(3 * 1024 ** 3), 'is larger than 1 MB'],
  ['a link to itself', linkToItself, 'is a symbolic link in a loop'],
  ['a name that is not there', () => '/no/such/file', 'does not exist'],
  ['a name below a file', () => join(sparse(1), 'file'), 'does not exist'],
])('%s is refused with the reason', async (_what, make, message) => {
  const path = make();
  await expect(readRegularFile(path, LIMIT)).rejects.toThrow(message);
  expect(() => readRegularFileSync(path, LIMIT)).toThrow(message);
});

test.runIf(process.platform === 'linux')('a device that never ends is refused', async () => {
  await expect(readRegularFile('/dev/zero', LIMIT)).rejects.toThrow('is a device');
  expect(() => readRegularFileSync('/dev/zero', LIMIT)).toThrow('is a device');
});

test.runIf(process.platform === 'linux')('a file that reports no size is read up to the limit', async () => {
  const path = '/proc/self/status';
  expect((await readRegularFile(path, LIMIT)).toString()).toContain('Pid:');
  await expect(readRegularFile(path, { maxBytes: 10 })).rejects.toThrow('is larger than');
  expect(readRegularFileSync(path, LIMIT).toString()).toContain('Pid:');
  expect(() => readRegularFileSync(path, { maxBytes: 10 })).toThrow('is larger than');
});

describe('a file that another program writes while it is read', () => {
  /** @param next what is written after a piece was read; `undefined` to write no more */
  function changing(next: (change: number) => Uint8Array | undefined): { path: string; signal: AbortSignal } {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, seededBytes(0, LIMIT.maxBytes));
    let looks = 0;
    let changes = 0;
    // It is asked for before each piece.
    const signal = Object.assign(new AbortController().signal, {
      throwIfAborted() {
        if (++looks % 2 === 1) return;
        const bytes = next(++changes);
        if (bytes) writeFileSync(path, bytes);
      },
    });
    return { path, signal };
  }

  test('is read again', async () => {
    const later = seededBytes(1, LIMIT.maxBytes);
    const { path, signal } = changing((change) => (change === 1 ? later : undefined));
    expect((await readRegularFile(path, { ...LIMIT, signal })).equals(later)).toBe(true);
  });

  test('is refused where it is written all the time', async () => {
    const { path, signal } = changing((change) => seededBytes(change, LIMIT.maxBytes - change));
    await expect(readRegularFile(path, { ...LIMIT, signal })).rejects.toThrow('changes while it is read');
  });

  test.each([
    ['is read again after one change', 1, 'bb'],
    ['is refused after three', 3, 'changes while it is read'],
  ])('synchronously: %s', (_what, changes, expected) => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'a');
    let looks = 0;
    beforeEachRead(() => {
      // Each attempt reads the text, what another program appended meanwhile, and the end.
      if (looks++ % 3 === 1 && looks < 3 * changes) writeFileSync(path, 'b'.repeat(looks));
    });
    const read = () => readRegularFileSync(path, LIMIT).toString();
    if (changes === 1) expect(read()).toBe(expected);
    else expect(read).toThrow(expected);
  });
});

test('an aborted signal ends it with its reason', async () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'x');
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(readRegularFile(path, { ...LIMIT, signal })).rejects.toThrow('enough');
});

function pipe(): string {
  const path = join(temporaryFolder(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

function linkTo(target: string): string {
  const path = join(temporaryFolder(), 'link');
  symlinkSync(target, path);
  return path;
}

function linkToItself(): string {
  const path = join(temporaryFolder(), 'loop');
  symlinkSync(path, path);
  return path;
}

function sparse(sizeBytes: number): string {
  const folder = join(temporaryFolder(), 'sub');
  mkdirSync(folder);
  const path = join(folder, 'file');
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  return path;
}
