// The thread in which MicroPython runs. It blocks at will; the main thread keeps the UART, radio and sockets going.

import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { createCallHost } from './call-host.js';
import { Keyboard } from './keyboard.js';
import type { ToHost, WorkerData } from './messages.js';
import { Output } from './output.js';
import type { ReplMode } from './repl.js';
import { runSession } from './session.js';
import { SharedMemory } from './shared-memory.js';

const { facts, memory: buffer, replies } = workerData as WorkerData;
const memory = new SharedMemory(buffer);
const post = (message: ToHost): void => parentPort?.postMessage(message);
const call = createCallHost(memory, replies, post);
const keyboard = new Keyboard(memory, () => post({ kind: 'ring-has-space' }));
const output = new Output(memory, post, facts.outputBytesPerSecond);

let mode: ReplMode = 'friendly';
let afterHardReset = true;
for (;;) {
  const isNewFilesystem = facts.files !== undefined && !existsSync(facts.files.folder);
  mode = await runSession({ facts, call, keyboard, output }, mode, { afterHardReset, isNewFilesystem });
  call('closeAll');
  afterHardReset = false;
}
