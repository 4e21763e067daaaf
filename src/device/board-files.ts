// Files on the board, by code that runs in its raw REPL. Works on any MicroPython with a filesystem.

import { createHash } from 'node:crypto';
import { PortalError } from '../errors.js';
import type { RawRepl } from './raw-repl.js';

/** A file as it shall be on the board. */
export interface BoardFile {
  /** Path on the board, without a leading slash. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Suffix of a file that has not been verified and renamed yet. */
export const STAGED_SUFFIX = '.new';

/** Bytes of a file that travel in one piece of code; an ESP8266 has to hold that code and what it compiles to. */
const CHUNK_BYTES = 1024;

/**
 * Defined once a session. `_h` hashes in pieces because a file may be larger than the free memory; `_mv` replaces
 * on FAT too, which refuses to rename onto a file (EEXIST, 17).
 */
const HELPERS = `
import os, hashlib, binascii
_f = None
def _h(p):
    h = hashlib.sha256()
    b = bytearray(256)
    with open(p, 'rb') as f:
        while True:
            n = f.readinto(b)
            if not n:
                break
            h.update(memoryview(b)[:n])
    print(binascii.hexlify(h.digest()).decode())
def _rm(p):
    try:
        os.remove(p)
    except OSError as e:
        if e.args[0] != 2:
            raise
def _mv(a, b):
    try:
        os.rename(a, b)
    except OSError as e:
        if e.args[0] != 17:
            raise
        os.remove(b)
        os.rename(a, b)
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

  /** @returns the names in the root folder; throws `board-no-filesystem` where there is none */
  async list(): Promise<string[]> {
    const output = await this.#repl.exec("import json\nprint(json.dumps(os.listdir('/')))");
    return JSON.parse(output) as string[];
  }

  /** @returns the file's bytes, or `undefined` when there is none */
  async read(path: string): Promise<Uint8Array | undefined> {
    const output = await this.#repl.exec(
      `try:\n    f = open(${quote(path)}, 'rb')\n    print(binascii.hexlify(f.read()).decode())\n    f.close()\n` +
        'except OSError as e:\n    if e.args[0] != 2:\n        raise\n    print("-")',
    );
    const hex = output.trim();
    return hex === '-' ? undefined : Buffer.from(hex, 'hex');
  }

  /**
   * Writes a file beside its final place and verifies it there by SHA-256.
   * @param onBytes told how many bytes of the file have arrived
   * @throws PortalError `transfer-failed` when the hash differs; as RawRepl.exec
   */
  async stage(file: BoardFile, onBytes: (doneBytes: number) => void): Promise<void> {
    const staged = quote(file.path + STAGED_SUFFIX);
    await this.#repl.exec(`_f = open(${staged}, 'wb')`);
    for (let start = 0; start < file.bytes.length; start += CHUNK_BYTES) {
      const chunk = file.bytes.subarray(start, start + CHUNK_BYTES);
      await this.#repl.exec(`_f.write(${quote(chunk)})`);
      onBytes(start + chunk.length);
    }
    const hash = (await this.#repl.exec(`_f.close()\n_h(${staged})`)).trim();
    if (hash !== createHash('sha256').update(file.bytes).digest('hex')) {
      throw new PortalError('transfer-failed', `${file.path} differs on the board from what was sent.`);
    }
  }

  /** Puts staged files into their places, in this order. */
  async commit(paths: readonly string[]): Promise<void> {
    await this.#repl.exec(
      paths.map((path) => `_mv(${quote(path + STAGED_SUFFIX)}, ${quote(path)})`).join('\n'),
    );
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#repl.exec(`_mv(${quote(from)}, ${quote(to)})`);
  }

  /** Removes what was staged, also when staging stopped half-way. */
  async discard(paths: readonly string[]): Promise<void> {
    await this.#repl.exec('if _f:\n    _f.close()');
    await this.remove(paths.map((path) => path + STAGED_SUFFIX));
  }

  /** Code that removes what was staged, for a session that ends with it. */
  static discarding(paths: readonly string[]): string {
    return paths.map((path) => `_rm(${quote(path + STAGED_SUFFIX)})`).join('\n');
  }

  /** Removes files; one that is not there is no error. */
  async remove(paths: readonly string[]): Promise<void> {
    await this.#repl.exec(paths.map((path) => `_rm(${quote(path)})`).join('\n'));
  }
}

/** A Python literal: text for a path, bytes for data. Control bytes are escaped, as the raw REPL needs. */
export function quote(value: string | Uint8Array): string {
  if (typeof value === 'string') return `'${Array.from(value, quoteCharacter).join('')}'`;
  return `b'${Array.from(value, (byte) => quoteByte(byte)).join('')}'`;
}

function quoteCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point < 0x80 ? quoteByte(point) : `\\U${point.toString(16).padStart(8, '0')}`;
}

function quoteByte(byte: number): string {
  if (byte === 0x0a) return '\\n';
  if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`; // quote, backslash
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
