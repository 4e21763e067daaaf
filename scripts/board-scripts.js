// A plugin of the bundler and of vitest: a program of src/board-scripts/ and its folders as the text that is sent, any other
// Python as it is.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minifyPython } from './minify-python.js';

const FOLDER = fileURLToPath(new URL('../src/board-scripts', import.meta.url));

export function pythonFiles() {
  return {
    name: 'python-files',
    load: {
      filter: { id: /\.py$/ },
      handler(id) {
        const isProgram = id.startsWith(FOLDER + sep);
        const text = isProgram ? minified().texts.get(basename(id, '.py')) : readFileSync(id, 'utf8');
        return { code: `export default ${JSON.stringify(text)};`, moduleType: 'js' };
      },
    },
  };
}

/** What a function or module of these programs is called on a board, for tests that look at it there. */
export function shortName(name) {
  const short = minified().names.get(name);
  if (short === undefined) throw new Error(`no two functions of programs for boards share ${name}`);
  return short;
}

let result;
function minified() {
  result ??= minifyPython(readPrograms());
  return result;
}

/** By their names alone, as programs name each other: on a board all are one session, without folders. */
function readPrograms() {
  const programs = new Map();
  for (const path of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.py')) continue;
    const name = basename(path, '.py');
    if (programs.has(name)) throw new Error(`two programs for boards have the name ${name}`);
    programs.set(name, readFileSync(join(FOLDER, path), 'utf8'));
  }
  return new Map([...programs].sort(([one], [other]) => (one < other ? -1 : 1)));
}
