// mpy-cross in a child process, because Emscripten's runtime changes the globals and error listeners of its process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What mpy-cross answers. */
export interface CompiledModule {
  readonly status: number;
  readonly mpy?: Uint8Array;
  /** Lines of its error output. */
  readonly err: readonly string[];
}

/** Compiling the largest module takes a tenth of this, on a slow computer. */
const ANSWER_WITHIN_MS = 30_000;
const KEPT_ERROR_CHARACTERS = 2000;

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
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();
  #errorOutput = '';

  /** @param compilerPath the CommonJS module @param wasmPath what it runs */
  constructor(compilerPath: string, wasmPath: string) {
    this.#child = spawn(process.execPath, ['-e', PROGRAM, compilerPath, wasmPath], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      windowsHide: true,
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    this.#child.once('error', (error) => this.#ended.abort(error));
    this.#child.once('close', () => this.#ended.abort(new Error(this.#endReason())));
  }

  /**
   * @param path of the module on the board, for tracebacks
   * @throws Error when mpy-cross ended or gave no answer
   */
  async compile(path: string, source: string): Promise<CompiledModule> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const answer = once(this.#child, 'message', { signal });
      this.#child.send({ path, source }, () => {}); // its end is reported below
      const [module] = (await answer) as [CompiledModule];
      return module;
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  }

  #endReason(): string {
    const lines = this.#errorOutput.split('\n').filter((line) => /^\S*Error\b|^Aborted/.test(line));
    return lines.at(-1) ?? 'it ended without an answer';
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}
