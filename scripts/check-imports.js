// Checks the layout of src/: which folder may import which, who may use which package and the terminal, that no imports
// form a circle, and that no folder holds too many files. Types count like everything else. Part of `npm run check`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What lies directly in src/ is named by its file. A folder may import itself, and of others what is listed. */
const MAY_IMPORT = {
  errors: [],
  progress: [],
  delay: [],
  'package-file': [],
  input: ['errors'],
  'board-scripts': [],
  log: ['errors', 'input', 'board-scripts'],
  port: ['errors', 'input', 'delay'],
  esp: ['port', 'log', 'errors', 'progress', 'input', 'delay'],
  micropython: ['esp', 'port', 'log', 'board-scripts', 'errors', 'delay'],
  filesystem: ['esp', 'errors'],
  portal: ['board-scripts', 'errors', 'input', 'package-file'],
  firmware: ['esp', 'errors', 'progress', 'input', 'delay'],
  operations: [
    ...['firmware', 'portal', 'filesystem', 'micropython', 'esp', 'port', 'log', 'board-scripts'],
    ...['input', 'errors', 'progress', 'delay'],
  ],
  cli: ['operations', 'progress', 'errors', 'input', 'package-file'],
  'virtual-board': [
    ...['errors', 'input', 'package-file'],
    ...['port/port', 'port/binding-types', 'port/receive-buffer'],
    ...['filesystem/littlefs/reader', 'filesystem/littlefs/writer'],
  ],
  index: ['operations', 'firmware', 'portal', 'filesystem', 'log', 'esp', 'progress', 'errors'],
};

/** Only this file may load a virtual board, on demand. */
const VIRTUAL_BOARD_IMPORTER = 'port/open';

const PACKAGES = {
  yargs: ['cli'],
  ora: ['cli'],
  'fast-string-width': ['cli'],
  'esptool-js': ['esp'],
  serialport: ['port'],
  'multicast-dns': ['port'],
  '@serialport/stream': ['port'],
  '@micropython/micropython-webassembly-pyscript': ['virtual-board'],
  'node:process': ['cli'], // the global is checked below
};
const PACKAGE_NAME = /^(?:@[^/]+\/)?[^/]+/;

/** What makes a module depend on the program that it runs in. */
const TERMINAL = /(?<![\w.#])process\.(stdin|stdout|stderr|argv|env|cwd|exit|exitCode|on|once)\b/g;
const MAY_USE_TERMINAL = [
  'cli/',
  'virtual-board/process/', // a separate program, and its launcher
  'virtual-board/state/board-folder', // $ESP_PORTAL_STATE_DIR
  'portal/compiler/mpy-cross', // both hold the program of another process
  'portal/compiler/syntax-check',
];

const MAX_FILES_IN_A_FOLDER = 15;

/**
 * @param {ReadonlyMap<string, string>} sources texts of files by their paths in src/, such as `port/open.ts`; of Python
 *   only the paths matter
 * @returns {string[]} a sentence for each violation
 */
export function findViolations(sources) {
  const modules = [...sources]
    .filter(([path]) => path.endsWith('.ts'))
    .map(([path, text]) => readModule(path, text));
  return [
    ...modules.flatMap(checkDirections),
    ...modules.flatMap(checkPackages),
    ...modules.flatMap(checkTerminal),
    ...checkSizes([...sources.keys()]),
    ...findCircles(new Map(modules.map(({ name, imports }) => [name, imports.map(({ to }) => to)]))),
  ];
}

const IMPORT =
  /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|\bimport\s*'([^']+)'|\bimport\(\s*'([^']+)'/gm;
const COMMENT = /^\s*(?:\/\/|\/\*|\*).*$/gm;

function readModule(path, text) {
  const name = path.replace(/\.ts$/, '');
  const code = text.replace(COMMENT, '');
  const all = [...code.matchAll(IMPORT)].map(([, from, bare, dynamic]) => ({
    target: from ?? bare ?? dynamic,
    isDynamic: dynamic !== undefined,
  }));
  const imports = all
    .filter(({ target }) => target.startsWith('.'))
    .map(({ target, isDynamic }) => ({
      to: posix.join(posix.dirname(path), target).replace(/\.js$/, ''),
      isDynamic,
    }));
  return { name, code, imports, packages: all.map(({ target }) => target) };
}

/** The error class and the table of its codes are one layer. */
const SAME_LAYER = { 'error-table': 'errors' };
const folderOf = (name) => SAME_LAYER[name] ?? name.split('/', 1)[0];

function checkDirections({ name, imports }) {
  const folder = folderOf(name);
  const allowed = MAY_IMPORT[folder];
  if (allowed === undefined) return [`src/${name}: the table in scripts/check-imports.js has no ${folder}.`];
  return imports.flatMap(({ to, isDynamic }) => {
    const target = folderOf(to);
    if (target === folder || allowed.includes(target) || allowed.includes(to)) return [];
    if (target === 'virtual-board' && name === VIRTUAL_BOARD_IMPORTER && isDynamic) return [];
    const list = allowed.length === 0 ? 'nothing' : allowed.join(', ');
    return [`src/${name} imports src/${to}: ${folder} may import ${list}.`];
  });
}

function checkPackages({ name, packages }) {
  return packages.flatMap((target) => {
    const folders = PACKAGES[PACKAGE_NAME.exec(target)?.[0]];
    if (folders === undefined || folders.includes(folderOf(name))) return [];
    return [`src/${name} imports ${target}, which is for ${folders.join(', ')}.`];
  });
}

function checkTerminal({ name, code }) {
  if (MAY_USE_TERMINAL.some((place) => name.startsWith(place))) return [];
  return [...code.matchAll(TERMINAL)].map(([use]) => `src/${name} uses ${use}, which is for cli.`);
}

function checkSizes(paths) {
  const counts = new Map();
  for (const path of paths) counts.set(posix.dirname(path), (counts.get(posix.dirname(path)) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count > MAX_FILES_IN_A_FOLDER)
    .map(([folder, count]) => `src/${folder} has ${count} files: group them by subject.`);
}

/** Follows imports to the end; a module that is met again on its own way closes a circle. */
function findCircles(graph) {
  const circles = [];
  const finished = new Set();
  const way = [];
  const visit = (name) => {
    if (finished.has(name) || !graph.has(name)) return;
    const start = way.indexOf(name);
    if (start >= 0) {
      circles.push(
        `A circle of imports: ${[...way.slice(start), name].map((each) => `src/${each}`).join(' → ')}.`,
      );
      return;
    }
    way.push(name);
    for (const next of graph.get(name)) visit(next);
    way.pop();
    finished.add(name);
  };
  for (const name of graph.keys()) visit(name);
  return circles;
}

/** @returns {Map<string, string>} all sources below a folder, TypeScript and Python, by their paths in it */
export function readSources(folder) {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /(?<!\.d)\.ts$|\.py$/.test(path));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const violations = findViolations(readSources(join(dirname(import.meta.dirname), 'src')));
  for (const violation of violations) console.error(violation);
  if (violations.length > 0) process.exitCode = 1;
}
