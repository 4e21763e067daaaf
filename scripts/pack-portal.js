// What the build adds to dist/ for boards: the portal, each module as .mpy in both bytecode formats and as source, and
// the Python that the virtual board runs. A plugin of the bundler.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { compileMpy } from './mpy-cross.js';
import { nameShortener } from './shorten-names.js';

const PORTAL_FOLDER = 'device-py';
const SHIMS_FOLDERS = ['modules', 'streams', 'hardware', 'internal'].map(
  (name) => `src/virtual-board/shims/${name}`,
);

/** MicroPython runs this one by name, and only as source. */
const MAIN_FILE = 'main.py';

/** Without line numbers: a tenth less on the wire and in a board's memory; tracebacks still name every function. */
const MPY_OPTIONS = ['-O3'];

export function boardFiles() {
  return {
    name: 'board-files',
    async generateBundle() {
      const emit = (fileName, content) =>
        this.emitFile({ type: 'asset', fileName, source: JSON.stringify(content, undefined, 1) });
      emit('portal.json', await packPortal());
      const shims = SHIMS_FOLDERS.flatMap(filesIn).map(({ path, bytes }) => [path, bytes.toString('utf8')]);
      emit('virtual-board-shims.json', Object.fromEntries(shims));
    },
  };
}

/** The portal in each form, in the order in which its files are sent. */
async function packPortal() {
  const files = filesIn(PORTAL_FOLDER);
  return {
    mpy6: listed(await compileAll(files, 6)),
    mpy5: listed(await compileAll(files, 5)),
    source: listed(files),
  };
}

async function compileAll(files, format) {
  const shorten = nameShortener(files.filter(isModule).map(({ bytes }) => bytes.toString('utf8')));
  const compiled = [];
  for (const file of files) compiled.push(await compile(file, format, shorten));
  return compiled;
}

function isModule({ path }) {
  return path.endsWith('.py') && path !== MAIN_FILE;
}

/** What is no module is the same in each form. */
async function compile(file, format, shorten) {
  if (!isModule(file)) return file;
  const bytes = await compileMpy(file.path, shorten(file.bytes.toString('utf8')), format, MPY_OPTIONS);
  return { path: file.path.replace(/\.py$/, '.mpy'), bytes };
}

function filesIn(folder) {
  const names = readdirSync(folder).filter((name) => !name.startsWith('.'));
  return names.sort().map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

function listed(files) {
  return orderForDeflate(files).map(({ path, bytes }) => ({
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    base64: Buffer.from(bytes).toString('base64'),
  }));
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
