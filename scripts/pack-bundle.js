// Packs device-py/ for boards: each module as .mpy in both bytecode formats and as source, listed with size and SHA-256.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMpy } from './mpy-cross.js';

/** MicroPython runs this one by name, and only as source. */
const MAIN_FILE = 'main.py';

/** Without line numbers: a tenth less on the wire and in a board's memory; tracebacks still name every function. */
const MPY_OPTIONS = ['-O3'];

/**
 * @param {string} sourceFolder
 * @param {string} bundleFolder gets `mpy6/`, `mpy5/`, `source/` and `index.json`
 */
export async function packBundle(sourceFolder, bundleFolder) {
  const names = readdirSync(sourceFolder)
    .filter((name) => !name.startsWith('.'))
    .sort();
  const index = {
    mpy6: await pack('mpy6', (name, source) => compileMpy(name, source, 6, MPY_OPTIONS)),
    mpy5: await pack('mpy5', (name, source) => compileMpy(name, source, 5, MPY_OPTIONS)),
    source: await pack('source', undefined),
  };
  writeFileSync(join(bundleFolder, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`);

  /** Writes one form of the portal; what is no module is the same in each. */
  async function pack(form, compile) {
    mkdirSync(join(bundleFolder, form), { recursive: true });
    const files = [];
    for (const name of names) {
      const original = readFileSync(join(sourceFolder, name));
      const isModule = compile && name.endsWith('.py') && name !== MAIN_FILE;
      const path = isModule ? name.replace(/\.py$/, '.mpy') : name;
      const bytes = isModule ? await compile(name, original.toString('utf8')) : original;
      writeFileSync(join(bundleFolder, form, path), bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.push({ path, sizeBytes: bytes.length, sha256 });
    }
    return files;
  }
}
