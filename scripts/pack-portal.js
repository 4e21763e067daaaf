// What the build adds to dist/ for boards: the portal, each module as .mpy in both bytecode formats and as source, and
// the Python that the virtual board runs. A plugin of the bundler.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pako from 'pako';
import { compileMpy } from './mpy-cross.js';
import { nameShortener } from './shorten-names.js';
import { readLanguages, translate } from './translate-portal.js';

const PORTAL_FOLDER = 'device-py';
const SHIMS_FOLDERS = ['modules', 'streams', 'hardware', 'internal'].map(
  (name) => `src/virtual-board/shims/${name}`,
);

/** Where a virtual board has them, as its tracebacks name them: see traceback-filter.ts. */
const SHIM_FOLDER = '/.board';
/** A board's `asyncio`, which each program that imports it compiles for itself. */
const EVENT_LOOP = '_event_loop.py';

/** On a board only where its option is set. */
const OPTIONAL_MODULES = ['kept.py', 'index.py', 'static_ip.py', 'static_join.py'];

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
      const all = filesIn(PORTAL_FOLDER);
      const isOptional = ({ path }) => OPTIONAL_MODULES.includes(path);
      const source = all.filter((file) => !isOptional(file));
      emit('portal.json', await packPortal(source, all));
      const languages = await readLanguages();
      const translated = {};
      const optional = {};
      for (const language of languages.LANGUAGES) {
        const files = language === 'en' ? [] : translate(all, languages, language);
        const inLanguage = (file) => files.find(({ path }) => path === file.path) ?? file;
        optional[language] = await packInForms(all, all.filter(isOptional).map(inLanguage));
        if (language === 'en') continue;
        translated[language] = await packInForms(
          all,
          files.filter((file) => !isOptional(file)),
        );
      }
      emit('portal-languages.json', translated);
      emit('portal-optional.json', optional);
      emit('virtual-board-shims.json', await packShims());
    },
  };
}

/** The portal in each form, in the order in which its files are sent. */
async function packPortal(source, all) {
  const mpy6 = await compileAll(source, 6, all);
  const mpy5 = await compileAll(source, 5, all);
  const order = orderForDeflate(mpy6).map((file) => mpy6.indexOf(file));
  const listed = (files) => order.map((index) => packed(files[index]));
  return { mpy6: listed(mpy6), mpy5: listed(mpy5), source: listed(source) };
}

/**
 * By name, as base64. Compiled: a virtual board imports them at each start, and to compile them there takes longer than
 * all else that its interpreter does until its prompt.
 */
async function packShims() {
  const shims = {};
  for (const { path, bytes } of SHIMS_FOLDERS.flatMap(filesIn)) {
    if (path === EVENT_LOOP) {
      shims[path] = bytes.toString('base64');
      continue;
    }
    const options = [...MPY_OPTIONS, '-s', `${SHIM_FOLDER}/${path}`];
    const mpy = await compileMpy(path, bytes.toString('utf8'), 6, options);
    shims[path.replace(/\.py$/, '.mpy')] = Buffer.from(mpy).toString('base64');
  }
  return shims;
}

/** Some files in each form, with the names that the whole portal has in it, modules of options too. */
async function packInForms(portal, files) {
  const mpy6 = await compileAll(files, 6, portal);
  const mpy5 = await compileAll(files, 5, portal);
  return { mpy6: mpy6.map(packed), mpy5: mpy5.map(packed), source: files.map(packed) };
}

async function compileAll(files, format, portal) {
  const texts = (isOptional) =>
    portal
      .filter((file) => isModule(file) && OPTIONAL_MODULES.includes(file.path) === isOptional)
      .map(({ bytes }) => bytes.toString('utf8'));
  const shorten = nameShortener(texts(false), texts(true));
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

function packed({ path, bytes }) {
  return {
    path,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    base64: Buffer.from(bytes).toString('base64'),
  };
}

/** Bits of the windows with which boards with little and with usual memory inflate. */
const WINDOW_BITS = [11, 13];

/** Each file goes where it costs least, in two rounds: a third saves 7 bytes. Deflated as the installation does it. */
function orderForDeflate(files) {
  const sizeOf = (ordered) => {
    const bytes = Buffer.concat(ordered.map((one) => one.bytes));
    const sizes = WINDOW_BITS.map(
      (windowBits) => pako.deflateRaw(bytes, { level: 9, memLevel: 9, windowBits }).length,
    );
    return sizes[0] + sizes[1];
  };
  let ordered = [];
  for (const file of [...files, ...files]) {
    const others = ordered.filter((one) => one !== file);
    const candidates = [...others, file].map((_, place) => others.toSpliced(place, 0, file));
    const sizes = candidates.map(sizeOf);
    ordered = candidates[sizes.indexOf(Math.min(...sizes))];
  }
  return ordered;
}
