// Finds syntax errors before anything is sent: MicroPython's own compiler, of the interpreter that virtual boards run.

import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { AskedProcess } from './asked-process.js';

export interface SyntaxProblem {
  readonly line: number;
  /** Such as `SyntaxError: invalid syntax`. */
  readonly message: string;
}

/** The program is compiled, and nothing of it runs. */
const PROGRAM = `
const [, address] = process.argv;
const python = import(address).then(({ loadMicroPython }) => loadMicroPython({}));
process.on('message', async (source) => {
  const micropython = await python;
  try {
    micropython.globals.set('SOURCE', source);
    micropython.runPython('compile(SOURCE, "<checked>", "exec")');
    process.send('');
  } catch (error) {
    process.send(String(error.message));
  }
});
process.once('disconnect', () => process.exit());
`;

/** What depends on the chip: machine code, which this interpreter does not compile. */
const IS_OF_CHIP = /invalid (?:micropython decorator|arch)/;

/** Checks modules in order. Ends its process when disposed. */
export class SyntaxCheck implements Disposable {
  readonly #process: AskedProcess<string, string>;

  constructor() {
    const { resolve } = createRequire(import.meta.url);
    const path = resolve('@micropython/micropython-webassembly-pyscript');
    this.#process = new AskedProcess(PROGRAM, [pathToFileURL(path).href]);
  }

  /**
   * @returns the first problem, `undefined` for a module that can be compiled
   * @throws Error when the interpreter ended or gave no answer
   */
  async find(source: string): Promise<SyntaxProblem | undefined> {
    const answer = await this.#process.ask(source);
    const line = /File "<checked>", line (\d+)/.exec(answer)?.[1];
    const message = /^\w*Error: .*$/m.exec(answer)?.[0];
    if (line === undefined || message === undefined || IS_OF_CHIP.test(message)) return undefined;
    return { line: Number(line), message };
  }

  [Symbol.dispose](): void {
    this.#process[Symbol.dispose]();
  }
}
