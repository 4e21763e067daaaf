// A plugin of the bundler and of vitest: a program of src/board-scripts/ as the text that is sent, any other Python as it
// is.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minifyPython } from './minify-python.js';

const FOLDER = fileURLToPath(new URL('../src/board-scripts', import.meta.url));

export function pythonFiles() {
  return {
    name: 'python-files',
    load: {
      filter: { id: /\.py$/ },
      handler(id) {
        const text =
          dirname(id) === FOLDER ? minified().texts.get(basename(id, '.py')) : readFileSync(id, 'utf8');
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

function readPrograms() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.py'));
  return new Map(
    names.sort().map((name) => [basename(name, '.py'), readFileSync(join(FOLDER, name), 'utf8')]),
  );
}
