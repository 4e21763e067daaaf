import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { FileLocked, lockFile } from '../../../src/input/lock-file.js';
import { temporaryFolder } from '../../support/virtual-port.js';

/** A process that lives until the test ends or it is killed. */
function otherProcess(): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  if (child.pid === undefined) throw new Error('no process');
  return Object.assign(child, { pid: child.pid });
}

it('refuses a second owner in the same process until the first gives it back', () => {
  const folder = temporaryFolder();
  const unlock = lockFile(join(folder, 'lock'));
  expect(() => lockFile(join(folder, 'lock'))).toThrow(FileLocked);
  unlock();
  lockFile(join(folder, 'lock'))();
  expect(readdirSync(folder)).toEqual([]);
});

it('refuses while another process lives, and takes the lock over once it has died', async () => {
  const folder = temporaryFolder();
  const child = otherProcess();
  writeFileSync(join(folder, 'lock'), String(child.pid));
  expect(() => lockFile(join(folder, 'lock'))).toThrow(FileLocked);

  child.kill('SIGKILL');
  await once(child, 'exit');
  const unlock = lockFile(join(folder, 'lock'));
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
  expect(() => lockFile(join(folder, 'lock'))).toThrow(FileLocked);
  unlock();
  expect(readdirSync(folder)).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'takes over the lock of a process that has ended and whose parent does not take note',
  async () => {
    const parent = spawn('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = await once(parent.stdout, 'data');
    const ended = Number(String(line));
    onTestFinished(() => {
      process.kill(ended, 'SIGKILL'); // a zombie as well, until its parent ends
      parent.kill('SIGKILL');
    });
    const status = (processId = 0) => readFileSync(`/proc/${processId}/stat`, 'latin1');
    while (!status(parent.pid).includes('(sleep)')) await setImmediate(); // the shell would take note
    process.kill(ended, 'SIGKILL');
    while (!status(ended).includes(') Z ')) await setImmediate();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lock'), String(ended));
    lockFile(join(folder, 'lock'))();
    expect(readdirSync(folder)).toEqual([]);
  },
);

it('takes over a lock with its own id from an earlier life, as in containers', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), String(process.pid));
  lockFile(join(folder, 'lock'))();
});

it('leaves a stale lock to the one that is taking it over already', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'lock'), String(process.pid));
  writeFileSync(join(folder, 'lock.takeover'), '1');
  expect(() => lockFile(join(folder, 'lock'))).toThrow(FileLocked);
});

it('reports the owner to other processes, and respects a lock of another computer whatever its process id', () => {
  const lock = join(temporaryFolder(), 'made.jsonl.lock');
  const unlock = lockFile(lock, { owner: 'ann' });
  expect(readFileSync(lock, 'utf8')).toBe(`${process.pid} ${process.pid} ${hostname()} ann`);
  unlock();
  writeFileSync(lock, '1 1 station-2 bob since 10:00');
  expect(() => lockFile(lock, { owner: 'ann' })).toThrow(
    expect.objectContaining({ owner: 'bob since 10:00 on station-2', processId: 1 }),
  );
});
