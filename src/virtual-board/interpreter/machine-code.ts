// Machine code of the interpreters, made once a process. V8 shares it among all threads that run the same WebAssembly,
// for as long as one of them has it: this is the one, since workers come and go with each reset of a board.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Runtime } from './runtimes.js';

const kept = new Map<Runtime['packageName'], WebAssembly.Module>();

/** Halves the time of every start after the first, and takes a few milliseconds once. */
export function keepMachineCode(runtime: Runtime['packageName']): void {
  if (kept.has(runtime)) return;
  const path = createRequire(import.meta.url).resolve(`${runtime}/micropython.wasm`);
  kept.set(runtime, new WebAssembly.Module(readFileSync(path)));
}
