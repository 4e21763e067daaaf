// Loads one of the MicroPythons. A file of its own, so that only the interpreter's thread has them in memory.

import type { loadMicroPython } from '@micropython/micropython-webassembly-pyscript';
import type { Runtime } from './runtimes.js';

const LOADERS: Record<Runtime['packageName'], () => Promise<{ loadMicroPython: typeof loadMicroPython }>> = {
  mp123: () => import('mp123'),
  '@micropython/micropython-webassembly-pyscript': () =>
    import('@micropython/micropython-webassembly-pyscript'),
  mp129: () => import('mp129'),
};

/** @returns the function that makes an interpreter of that version */
export async function loadRuntime(name: Runtime['packageName']): Promise<typeof loadMicroPython> {
  return (await LOADERS[name]()).loadMicroPython;
}
