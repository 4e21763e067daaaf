// How V8 makes machine code for workers. That of the interpreters is made once a process: V8 shares it among all threads that run the same WebAssembly,
// for as long as one of them has it: this is the one, since workers come and go with each reset of a board.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Runtime } from './runtimes.js';

const kept = new Map<Runtime['packageName'], WebAssembly.Module>();

/** Halves the time of every start after the first, and takes a few milliseconds once. */
export function keepMachineCode(runtime: Runtime['packageName']): void {
  if (kept.has(runtime)) return;
  const path = createRequire(import.meta.url).resolve(`${runtime}/micropython.wasm`);
  kept.set(runtime, new WebAssembly.Module(readFileSync(path)));
}

/**
 * To be called before a worker is made. V8 optimizes JavaScript in the background, and what it does there may have to
 * wait for a garbage collection of the worker, which, once ended, waits for what goes on in the background: for ever,
 * and with it each worker that is ended later (nodejs/node#54918). Workers made from now on optimize in their own thread.
 */
export function optimizeInTheWorker(): void {
  setFlagsFromString('--no-concurrent-recompilation');
}
