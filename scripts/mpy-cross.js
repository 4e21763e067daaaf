// Compiles MicroPython source to .mpy bytes, for the bundle and for tests that measure it. Build-time only.
// The compilers run in a child process, because Emscripten's runtime changes the globals and error listeners of its process.
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** The compiler of each bytecode format: 5 is for MicroPython 1.12 to 1.18, 6 for 1.19 and later. */
const COMPILERS = {
  5: { load: () => import('@pybricks/mpy-cross-v5'), wasm: '@pybricks/mpy-cross-v5/build/mpy-cross.wasm' },
  6: { load: () => import('@pybricks/mpy-cross-v6'), wasm: '@pybricks/mpy-cross-v6/build/mpy-cross-v6.wasm' },
};

const IS_COMPILER_PROCESS = 'mpy-cross-process';

/** @type {import('node:child_process').ChildProcess | undefined} */
let compiler;
/** Settles the call of each id that waits for its answer. @type {Map<number, { resolve: Function, reject: Function }>} */
const calls = new Map();
let lastId = 0;

/**
 * @param {string} fileName name in tracebacks, e.g. `server.py`
 * @param {string} source
 * @param {5 | 6} format
 * @param {string[]} [options] of mpy-cross, such as `-O3`
 * @returns {Promise<Uint8Array>} the .mpy file
 * @throws {Error} with the compiler's own message
 */
export async function compileMpy(fileName, source, format, options = []) {
  compiler ??= startCompiler();
  const id = ++lastId;
  compiler.ref();
  compiler.channel?.ref();
  const answered = new Promise((resolve, reject) => calls.set(id, { resolve, reject }));
  compiler.send({ id, fileName, source, format, options });
  const { status, mpy, err } = await answered;
  if (status !== 0 || !mpy) throw new Error(`${fileName}: ${err.join('\n')}`);
  return mpy;
}

/** One process for all calls, which ends with this process. */
function startCompiler() {
  const child = fork(fileURLToPath(import.meta.url), [IS_COMPILER_PROCESS], { serialization: 'advanced' });
  const settle = (id) => {
    const call = calls.get(id);
    calls.delete(id);
    if (calls.size === 0) {
      child.unref();
      child.channel?.unref();
    }
    return call;
  };
  child.on('message', ({ id, ...result }) => settle(id)?.resolve(result));
  child.once('exit', () => {
    compiler = undefined;
    for (const id of calls.keys()) settle(id)?.reject(new Error('mpy-cross ended without an answer'));
  });
  return child;
}

/** In the compilers' process. */
function serve() {
  const { resolve } = createRequire(import.meta.url);
  globalThis.fetch = undefined; // Emscripten takes it for a sign of a browser, and the path for an address
  process.on('message', async ({ id, fileName, source, format, options }) => {
    const compiler = COMPILERS[format];
    const { compile } = await compiler.load();
    const { status, mpy, err } = await compile(fileName, source, options, resolve(compiler.wasm));
    for (const event of ['uncaughtException', 'unhandledRejection']) process.removeAllListeners(event); // one of each a call
    process.send({ id, status, mpy, err });
  });
  process.once('disconnect', () => process.exit());
}

if (process.argv[2] === IS_COMPILER_PROCESS) serve();
