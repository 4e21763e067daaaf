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
  const all = readdirSync(sourceFolder)
    .filter((name) => !name.startsWith('.'))
    .sort();
  // They are compressed in this order: what is alike has to lie within one small window.
  const isPage = (name) => !name.endsWith('.py');
  const isModule = (name) => !isPage(name) && name !== MAIN_FILE;
  const names = [...all.filter(isModule), MAIN_FILE, ...all.filter(isPage)];
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
      const isCompiled = compile !== undefined && isModule(name);
      const path = isCompiled ? name.replace(/\.py$/, '.mpy') : name;
      const bytes = isCompiled ? await compile(name, original.toString('utf8')) : original;
      writeFileSync(join(bundleFolder, form, path), bytes);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      files.push({ path, sizeBytes: bytes.length, sha256 });
    }
    return files;
  }
}
