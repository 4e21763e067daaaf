// How V8 makes machine code for workers. That of the interpreters is made once a process: V8 shares it among all threads that run the same WebAssembly,
// for as long as one of them has it: this is the one, since workers come and go with each reset of a board.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/**
 * Bytes of WebAssembly that a function executes before V8 optimizes it. V8 counts the whole length of the interpreter's
 * main loop (17 KB) at each call and each jump back, and with its own budget takes 50 ms of another core to optimize it
 * for the start alone; a start and a transfer take up to 400 million. With this one a program for the board that
 * computes for half a second still gets there.
 */
const OPTIMIZE_AFTER_BYTES = 2_000_000_000;
/** V8's own; Node.js 20 has V8 11. */
const DEFAULT_OPTIMIZE_AFTER_BYTES = process.versions.v8.startsWith('11.') ? 1_800_000 : 13_000_000;

const kept = new Map<string, WebAssembly.Module>();

/** Halves the time of every start after the first, and takes a few milliseconds once. */
export function keepMachineCode(runtimePath: string): void {
  if (kept.has(runtimePath)) return;
  const code = readFileSync(join(dirname(runtimePath), 'micropython.wasm'));
  setFlagsFromString(`--wasm-tiering-budget=${OPTIMIZE_AFTER_BYTES}`);
  kept.set(runtimePath, new WebAssembly.Module(code));
  // With any flag that is not as it was, V8 compiles the modules of Node.js for each worker instead of reading its cache.
  setFlagsFromString(`--wasm-tiering-budget=${DEFAULT_OPTIMIZE_AFTER_BYTES}`);
}

/**
 * To be called before a worker is made. V8 optimizes JavaScript in the background, and what it does there may have to
 * wait for a garbage collection of the worker, which, once ended, waits for the background work: a deadlock,
 * and with it each worker that is ended later (nodejs/node#54918). Workers made from now on optimize in their own thread.
 */
export function optimizeInTheWorker(): void {
  setFlagsFromString('--no-concurrent-recompilation');
}
