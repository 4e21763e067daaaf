// Packs device-py/ for boards: each module as .mpy in both bytecode formats and as source, listed with size and SHA-256.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
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
  const isModule = (name) => name.endsWith('.py') && name !== MAIN_FILE;
  const index = {
    mpy6: await pack('mpy6', (name, source) => compileMpy(name, source, 6, MPY_OPTIONS)),
    mpy5: await pack('mpy5', (name, source) => compileMpy(name, source, 5, MPY_OPTIONS)),
    source: await pack('source', undefined),
  };
  writeFileSync(join(bundleFolder, 'index.json'), `${JSON.stringify(index, undefined, 2)}\n`);

  /** Writes one form of the portal, listed in the order in which it is sent; what is no module is the same in each. */
  async function pack(form, compile) {
    mkdirSync(join(bundleFolder, form), { recursive: true });
    const files = [];
    for (const name of names) {
      const original = readFileSync(join(sourceFolder, name));
      const isCompiled = compile !== undefined && isModule(name);
      const path = isCompiled ? name.replace(/\.py$/, '.mpy') : name;
      const bytes = isCompiled ? await compile(name, original.toString('utf8')) : original;
      writeFileSync(join(bundleFolder, form, path), bytes);
      files.push({ path, bytes });
    }
    return orderForDeflate(files).map(({ path, bytes }) => ({
      path,
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    }));
  }
}

/** Each file goes where it costs least, twice over: what is alike has to lie within a window of 2 KB. */
function orderForDeflate(files) {
  let ordered = [];
  for (const file of [...files, ...files]) {
    const others = ordered.filter((one) => one !== file);
    const candidates = [...others, file].map((_, place) => others.toSpliced(place, 0, file));
    const sizes = candidates.map((candidate) => {
      const bytes = Buffer.concat(candidate.map((one) => one.bytes));
      return deflateRawSync(bytes, { level: 9, memLevel: 9, windowBits: 11 }).length;
    });
    ordered = candidates[sizes.indexOf(Math.min(...sizes))];
  }
  return ordered;
}
