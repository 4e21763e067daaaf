// Compiles MicroPython source to .mpy bytes, for the bundle and for tests that measure it. Build-time only.
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The compiler of each bytecode format: 5 is for MicroPython 1.12 to 1.18, 6 for 1.19 and later. */
const COMPILERS = {
  5: { load: () => import('@pybricks/mpy-cross-v5'), wasm: '@pybricks/mpy-cross-v5/build/mpy-cross.wasm' },
  6: { load: () => import('@pybricks/mpy-cross-v6'), wasm: '@pybricks/mpy-cross-v6/build/mpy-cross-v6.wasm' },
};

/** Emscripten's run-time adds one of each with every call, which would end this process with a wall of its code. */
const ADDED_LISTENERS = ['uncaughtException', 'unhandledRejection'];

/** Calls are made one after the other, because each hides `fetch` while it runs. */
let last = Promise.resolve();

/**
 * @param {string} fileName name in tracebacks, e.g. `server.py`
 * @param {string} source
 * @param {5 | 6} format
 * @param {string[]} [options] of mpy-cross, such as `-O3`
 * @returns {Promise<Uint8Array>} the .mpy file
 * @throws {Error} with the compiler's own message
 */
export function compileMpy(fileName, source, format, options = []) {
  const result = last.then(() => compile(fileName, source, format, options));
  last = result.catch(() => {});
  return result;
}

async function compile(fileName, source, format, options) {
  const { load, wasm } = COMPILERS[format];
  const { compile: mpyCross } = await load();
  const { fetch } = globalThis;
  const before = ADDED_LISTENERS.map((event) => process.listeners(event));
  delete globalThis.fetch; // Emscripten takes it for a sign of a browser, and the path for an address
  try {
    const { status, mpy, err } = await mpyCross(fileName, source, options, resolve(wasm));
    if (status !== 0 || !mpy) throw new Error(`${fileName}: ${err.join('\n')}`);
    return mpy;
  } finally {
    globalThis.fetch = fetch;
    for (const [index, event] of ADDED_LISTENERS.entries()) {
      const added = process.listeners(event).filter((listener) => !before[index].includes(listener));
      for (const listener of added) process.off(event, listener);
    }
  }
}
