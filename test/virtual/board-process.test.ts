// The process in which a virtual board lives: what it may do, and when it ends.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SerialPortStream } from '@serialport/stream';
import { openPort } from 'esp-portal';
import { runBoardsIn, virtualBoard } from 'esp-portal/virtual-board';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissionFlags } from '../../src/virtual-board/process/launch.js';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
beforeAll(async () => {
  await runBoardsIn('process');
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(async () => {
  await runBoardsIn('thread');
  home[Symbol.dispose]();
});

const address = (name: string) => `virtual:${name}?speed=max&http=0&dns=0`;
const lockOf = (name: string) => join(home.folder, 'virtual', name, 'lock');
/** The process that has the board's lock. */
const boardProcess = (name: string) => Number(readFileSync(lockOf(name), 'utf8').split(' ')[0]);

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it does not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test('a board in a stream of serialport starts, answers and ends', async () => {
  const { binding } = virtualBoard(address('stream'));
  const stream = new SerialPortStream({ binding, path: 'virtual:stream', baudRate: 115200 });
  await once(stream, 'open');
  const processId = boardProcess('stream');
  expect(processId).not.toBe(process.pid);
  stream.close();
  await once(stream, 'close');
  expect(isAlive(processId)).toBe(false);
  expect(readdirSync(join(home.folder, 'virtual', 'stream'))).not.toContain('lock');
});

test('a board in a thread of this process starts, and is still the only one of its name', async () => {
  await runBoardsIn('thread');
  try {
    await using port = await openPort(address('thread'));
    expect(await port.read({ timeoutMs: 30_000 })).toBeDefined();
    expect(boardProcess('thread')).toBe(process.pid);
    await expect(openPort(address('thread'))).rejects.toMatchObject({ code: 'port-busy' });
  } finally {
    await runBoardsIn('process');
  }
});

test.runIf(process.platform === 'linux')('it has no environment, and not our folder', async () => {
  await using _ = await openPort(address('bare'));
  const processId = boardProcess('bare');
  expect(readFileSync(`/proc/${processId}/environ`, 'utf8')).toBe('');
  expect(readlinkSync(`/proc/${processId}/cwd`)).toBe(join(home.folder, 'virtual', 'bare'));
  expect(readFileSync(`/proc/${processId}/cmdline`, 'utf8')).toContain('permission');
});

test('code that got out of the interpreter writes nothing but the board’s folder, and starts nothing', () => {
  const folder = join(home.folder, 'virtual', 'jail');
  mkdirSync(folder, { recursive: true });
  const probe = join(folder, 'probe.mjs');
  const outside = join(home.folder, 'outside');
  writeFileSync(outside, 'secret');
  writeFileSync(
    probe,
    `import { Worker, isMainThread } from 'node:worker_threads';
     import { readFileSync, writeFileSync } from 'node:fs';
     import { spawnSync } from 'node:child_process';
     const outside = ${JSON.stringify(outside)};
     const attempts = {
       read: () => readFileSync(outside), write: () => writeFileSync(outside, ''),
       spawn: () => spawnSync(process.execPath, ['--version']), inside: () => writeFileSync(${JSON.stringify(join(folder, 'flash.bin'))}, ''),
     };
     for (const [name, act] of Object.entries(attempts)) {
       let result = 'done';
       try { act(); } catch (error) { result = error.code; }
       console.log(isMainThread ? 'main' : 'worker', name, result);
     }
     if (isMainThread) new Worker(new URL(import.meta.url));`,
  );
  const { stdout } = spawnSync(process.execPath, [...permissionFlags(folder), probe], { encoding: 'utf8' });
  const result = [
    'read ERR_ACCESS_DENIED',
    'write ERR_ACCESS_DENIED',
    'spawn ERR_ACCESS_DENIED',
    'inside done',
  ];
  expect(stdout.trim().split('\n')).toEqual([
    ...result.map((line) => `main ${line}`),
    ...result.map((line) => `worker ${line}`),
  ]);
  expect(readFileSync(outside, 'utf8')).toBe('secret');
});

test('when it dies the port is lost, at once and with the reason, and can be opened again', async () => {
  {
    await using port = await openPort(address('dies'));
    const reading = port.read({ timeoutMs: 30_000 }).then(
      async () => port.read({ timeoutMs: 30_000 }),
      (error: unknown) => Promise.reject(error),
    );
    process.kill(boardProcess('dies'), 'SIGKILL');
    await expect(reading).rejects.toMatchObject({
      code: 'port-lost',
      cause: { message: expect.stringContaining('the process of the virtual board has ended (SIGKILL)') },
    });
    await expect(port.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'port-lost' });
  }
  await using again = await openPort(address('dies'));
  expect(again.name).toBe('virtual:dies');
});

const OPENER = `
import { openPort } from ${JSON.stringify(fileURLToPath(new URL('../../dist/index.js', import.meta.url)))};
await openPort(process.argv[1]);
console.log('open');
setInterval(() => {}, 1000);
`;

describe.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('an opener that ends by %s', (signal) => {
  test('takes its board with it, which the next one can open at once', async () => {
    const name = `orphan-${signal}`;
    const opener: ChildProcess = spawn(
      process.execPath,
      ['--input-type=module', '-e', OPENER, address(name)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    if (opener.stdout) await once(opener.stdout, 'data');
    const processId = boardProcess(name);
    opener.kill(signal);
    await once(opener, 'exit');
    await using _ = await openPort(address(name));
    await eventually(() => !isAlive(processId));
  });
});

test('a board that computes without end ends with its opener all the same', async () => {
  home.makeBoard('busy', 'micropython');
  let processId = 0;
  {
    await using port = await openPort(address('busy'));
    processId = boardProcess('busy');
    while (!String(await port.read({ timeoutMs: 30_000 })).includes('>>> '));
    await port.write(Buffer.from('while True: pass\r\r'));
  }
  expect(isAlive(processId)).toBe(false);
});

test('of two processes that open a name at once one gets it, and the other gets the process id', async () => {
  await using _ = await openPort(address('twice'));
  await expect(openPort(address('twice'))).rejects.toMatchObject({
    code: 'port-busy',
    message: expect.stringContaining(`(process ${process.pid})`),
  });
});
