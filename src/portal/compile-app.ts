// A user's modules as bytecode, by mpy-cross where it is installed: this package does not bring it.

import { createRequire } from 'node:module';
import { PortalError } from '../errors.js';
import type { BundleFile } from './bundle.js';

interface MpyCross {
  compile(
    name: string,
    source: string,
    options: readonly string[],
    wasmPath: string,
  ): Promise<{ status: number; mpy?: Uint8Array; err: string[] }>;
}

/** The package that compiles for MicroPython 1.19 and later. */
const COMPILER = '@pybricks/mpy-cross-v6';

/**
 * @param files the program; what is no module stays as it is
 * @throws PortalError `usage` when there is no compiler, with what to install, or for a module with a mistake in it
 */
export async function compileApp(files: readonly BundleFile[]): Promise<BundleFile[]> {
  const { compile, wasmPath } = await loadCompiler();
  const compiled: BundleFile[] = [];
  for (const { path, bytes } of files) {
    if (!path.endsWith('.py')) {
      compiled.push({ path, bytes });
      continue;
    }
    const source = Buffer.from(bytes).toString('utf8');
    // Its file system has no folders: a flat name for the file, the real one for tracebacks.
    const { status, mpy, err } = await withIsolatedGlobals(() =>
      compile('module.py', source, ['-s', path], wasmPath),
    ).catch((error) => {
      const { message } = error as Error;
      throw new PortalError('usage', `--app-mpy: ${path}: mpy-cross failed: ${message}`, { cause: error });
    });
    if (status !== 0 || !mpy) throw new PortalError('usage', `--app-mpy: ${describeMistake(path, err)}.`);
    compiled.push({ path: path.replace(/\.py$/, '.mpy'), bytes: mpy });
  }
  return compiled;
}

/** Events for which Emscripten's run-time sets up listeners that throw: they print all of its code. */
const ADDED_LISTENERS = ['uncaughtException', 'unhandledRejection'] as const;

/** Runs Emscripten's code, which takes the process for its own; what it throws past its promise ends up in ours. */
async function withIsolatedGlobals<T>(run: () => Promise<T>): Promise<T> {
  const { fetch } = globalThis;
  const before = ADDED_LISTENERS.map((event) => process.listeners(event as 'uncaughtException'));
  Reflect.deleteProperty(globalThis, 'fetch'); // Emscripten takes it for a sign of a browser, and the path for an address
  let reject: (error: unknown) => void = () => {};
  const thrown = new Promise<never>((_resolve, fail) => {
    reject = fail;
  });
  try {
    const result = run();
    for (const [index, event] of ADDED_LISTENERS.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[index]?.includes(listener)) process.off(event, listener);
      }
      process.once(event, reject);
    }
    return await Promise.race([result, thrown]);
  } finally {
    globalThis.fetch = fetch;
    for (const event of ADDED_LISTENERS) process.off(event, reject);
  }
}

/** @param output a traceback: `File "…", line 1`, then `SyntaxError: invalid syntax` */
function describeMistake(path: string, output: readonly string[]): string {
  const line = output.findLast((text) => /, line \d+/.test(text))?.match(/, line (\d+)/)?.[1];
  const mistake = (output.at(-1) ?? '').replace(/^SyntaxError: /, '');
  return `${path}${line === undefined ? '' : `, line ${line}`}: ${mistake}`;
}

async function loadCompiler(): Promise<MpyCross & { wasmPath: string }> {
  try {
    const { compile } = (await import(COMPILER)) as MpyCross;
    const wasmPath = createRequire(import.meta.url).resolve(`${COMPILER}/build/mpy-cross-v6.wasm`);
    return { compile, wasmPath };
  } catch (error) {
    const message = `--app-mpy needs mpy-cross: run npm install ${COMPILER} where esp-portal is installed, or omit --app-mpy.`;
    throw new PortalError('usage', message, { cause: error });
  }
}
