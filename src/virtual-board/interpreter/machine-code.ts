// How V8 makes machine code for workers. That of the interpreters is made once a process: V8 shares it among all threads that run the same WebAssembly,
// for as long as one of them has it: this is the one, since workers come and go with each reset of a board.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

const kept = new Map<string, WebAssembly.Module>();

/** Halves the time of every start after the first, and takes a few milliseconds once. */
export function keepMachineCode(runtimePath: string): void {
  if (kept.has(runtimePath)) return;
  const code = readFileSync(join(dirname(runtimePath), 'micropython.wasm'));
  kept.set(runtimePath, new WebAssembly.Module(code));
}

/**
 * To be called before a worker is made. V8 optimizes JavaScript in the background, and what it does there may have to
 * wait for a garbage collection of the worker, which, once ended, waits for the background work: a deadlock,
 * and with it each worker that is ended later (nodejs/node#54918). Workers made from now on optimize in their own thread.
 */
export function optimizeInTheWorker(): void {
  setFlagsFromString('--no-concurrent-recompilation');
}
