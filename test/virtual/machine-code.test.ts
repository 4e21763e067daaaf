// What V8 compiles of the interpreter. To optimize its main loop takes longer than everything else that a start takes.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { installedRuntimes } from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { encodeFrame, FrameReader } from '../../src/virtual-board/process/frames.js';
import { PIPE_FD, permissionFlags } from '../../src/virtual-board/process/launch.js';
import type { FromBoard, ToBoard } from '../../src/virtual-board/process/pipe-messages.js';
import { boardFolder } from '../../src/virtual-board/state/board-folder.js';
import { CliHome } from '../support/cli.js';

const ENTRY = fileURLToPath(new URL('../../dist/virtual-board-process.js', import.meta.url));

test('a start and thirty commands of a host do not make V8 optimize the main loop of the interpreter', async () => {
  using home = new CliHome();
  home.makeBoard('traced', 'micropython');
  const folder = boardFolder(home.folder, 'traced');
  const args = [...permissionFlags(folder), '--trace-wasm-compilation-times', ENTRY];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'overlapped'] });
  const trace = text(child.stdout as NonNullable<typeof child.stdout>);
  const pipe = child.stdio[PIPE_FD] as Duplex;
  const reader = new FrameReader();
  let output = '';
  let prompts = 0;
  let id = 0;
  const call = (message: Omit<ToBoard, 'id'>, bytes?: string) =>
    pipe.write(encodeFrame({ ...message, id: ++id }, Buffer.from(bytes ?? '')));
  pipe.on('error', () => {}); // it ends with the board
  pipe.on('data', (piece: Uint8Array) => {
    for (const { message, bytes } of reader.push(piece)) {
      if ((message as FromBoard).kind === 'received') output += Buffer.from(bytes).toString('latin1');
    }
    if (!output.includes('>>> ')) return;
    output = '';
    prompts += 1;
    if (prompts > 31) pipe.destroy();
    else call({ kind: 'write' }, prompts === 1 ? 'import os\r' : 'os.listdir()\r');
  });
  call({
    kind: 'open',
    address: 'virtual:traced?speed=max&http=0&dns=0',
    air: [],
    stateRoot: home.folder,
    runtimes: installedRuntimes(),
    openedBy: process.pid,
    baudRate: 115200,
    hupcl: false,
  } as Omit<ToBoard, 'id'>);
  await once(child, 'close');
  const compiled = (await trace).split('\n').filter((line) => line.startsWith('Compiled function'));
  const large = compiled.filter((line) => Number(/bodysize (\d+)/.exec(line)?.[1]) > 10_000);
  expect(large).toContainEqual(expect.stringContaining('Liftoff'));
  expect(large).not.toContainEqual(expect.stringContaining('TurboFan'));
});
