// Files on the board, by code that runs in its raw REPL. Works on any MicroPython with a filesystem.

import { quote } from '../board-scripts/python-literal.js';
import type { RawRepl } from './raw-repl.js';

/** Defined once a session. */
const HELPERS = `
import uos as os, ubinascii as binascii, ujson as json
def _rm(p):
    try:
        os.remove(p)
    except OSError as e:
        if e.args[0] != 2:
            raise
`;

/** File operations of one raw REPL session. */
export class BoardFiles {
  readonly #repl: RawRepl;

  private constructor(repl: RawRepl) {
    this.#repl = repl;
  }

  /** @throws PortalError as RawRepl.exec */
  static async open(repl: RawRepl): Promise<BoardFiles> {
    await repl.exec(HELPERS);
    return new BoardFiles(repl);
  }

  /** @returns the names in the root folder; throws `board-no-filesystem` without a filesystem */
  async list(): Promise<string[]> {
    const output = await this.#repl.exec("print(json.dumps(os.listdir('/')))");
    return JSON.parse(output) as string[];
  }

  /** @returns the file's bytes, or `undefined` if it does not exist */
  async read(path: string): Promise<Uint8Array | undefined> {
    const output = await this.#repl.exec(
      `try:\n    f = open(${quote(path)}, 'rb')\n    print(binascii.hexlify(f.read()).decode())\n    f.close()\n` +
        'except OSError as e:\n    if e.args[0] != 2:\n        raise\n    print("-")',
    );
    const hex = output.trim();
    return hex === '-' ? undefined : Buffer.from(hex, 'hex');
  }

  /** Removes files; missing files are ignored. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.#repl.exec(paths.map((path) => `_rm(${quote(path)})`).join('\n'));
  }
}
