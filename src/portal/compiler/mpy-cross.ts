// mpy-cross in a child process.

import { AskedProcess } from './asked-process.js';

/** What mpy-cross answers. */
export interface CompiledModule {
  readonly status: number;
  readonly mpy?: Uint8Array;
  /** Lines of its error output. */
  readonly err: readonly string[];
}

/**
 * Its file system has no folders: a flat name for the file, the real one for tracebacks. With a `fetch`, Emscripten takes
 * the process for a browser and the path for an address.
 */
const PROGRAM = `
globalThis.fetch = undefined;
const [, compilerPath, wasmPath] = process.argv;
const { compile } = require(compilerPath);
process.on('message', async ({ path, source }) => {
  const { status, mpy, err } = await compile('module.py', source, ['-s', path], wasmPath);
  process.send({ status, mpy, err });
});
process.once('disconnect', () => process.exit());
`;

/** Compiles modules in order. Ends its process when disposed. */
export class MpyCross implements Disposable {
  readonly #process: AskedProcess<{ path: string; source: string }, CompiledModule>;

  /** @param compilerPath the CommonJS module @param wasmPath what it runs */
  constructor(compilerPath: string, wasmPath: string) {
    this.#process = new AskedProcess(PROGRAM, [compilerPath, wasmPath]);
  }

  /**
   * @param path of the module on the board, for tracebacks, which keep their line numbers
   * @throws Error when mpy-cross ended or gave no answer
   */
  async compile(path: string, source: string): Promise<CompiledModule> {
    return this.#process.ask({ path, source });
  }

  [Symbol.dispose](): void {
    this.#process[Symbol.dispose]();
  }
}
