// A child process that answers one message after the other: Emscripten's runtimes change the globals and error listeners
// of their process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Compiling the largest module takes a tenth of this, on a slow computer. */
const ANSWER_WITHIN_MS = 30_000;
const KEPT_ERROR_CHARACTERS = 2000;

/** Ends its process when disposed. */
export class AskedProcess<Question, Answer> implements Disposable {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();
  #errorOutput = '';

  /** @param program CommonJS, which answers `process.on('message')` by `process.send()` @param args its words */
  constructor(program: string, args: readonly string[]) {
    this.#child = spawn(process.execPath, ['-e', program, ...args], {
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

  /** @throws Error when it ended or gave no answer */
  async ask(question: Question): Promise<Answer> {
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
    try {
      const answer = once(this.#child, 'message', { signal });
      this.#child.send(question as object, () => {}); // its end is reported below
      const [message] = (await answer) as [Answer];
      return message;
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
