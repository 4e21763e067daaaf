// What the build makes of src/: the library, the command line and the virtual board, one file of types for each entry
// point, and for our own tests and scripts each module. Code stays readable, so that a stack trace needs no source maps.

import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { pythonFiles } from './scripts/board-scripts.js';
import { bundledLicenses } from './scripts/bundled-licenses.js';
import { boardFiles } from './scripts/pack-portal.js';

/** Where tsc has written the types of each module. */
const TYPES = 'build/types';

const { dependencies, devDependencies } = JSON.parse(
  readFileSync(new URL('package.json', import.meta.url), 'utf8'),
);
/** What npm installs with the package; all else that is imported is bundled. */
const external = [/^node:/, ...Object.keys(dependencies)];

/** Compiling the portal, and the types, take their time. */
const checks = { bundlerTimings: false };

/** V8 keeps a file in which one character is not ASCII at two bytes a character. */
const ascii = {
  name: 'ascii',
  generateBundle(_options, bundle) {
    const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    for (const file of Object.values(bundle))
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

const FACADE = /^export \{ ([^}]+) \} from "(\.\/[\w-]+\.js)";\s*$/;

/** A module in a group gets a file that only renames the group's exports, where it is imported on demand: left out. */
const withoutFacades = {
  name: 'without-facades',
  generateBundle(_options, bundle) {
    const imports = new Map();
    for (const [name, file] of Object.entries(bundle)) {
      const [, names, from] = (file.type === 'chunk' && !file.isEntry && FACADE.exec(file.code)) || [];
      if (names === undefined) continue;
      const members = names.split(', ').map((each) => each.split(' as '));
      const object = members.map(([own, exported = own]) => `${exported}: m.${own}`).join(', ');
      imports.set(`import("./${name}")`, `import("${from}").then((m) => ({ ${object} }))`);
      delete bundle[name];
    }
    for (const file of Object.values(bundle))
      if (file.type === 'chunk')
        file.code = file.code.replace(/import\("[^"]+"\)/g, (whole) => imports.get(whole) ?? whole);
  },
};

/** How code of src/ is bundled for dist/. */
const code = {
  platform: 'node',
  transform: { target: 'node20.19' },
  external,
  // What yargs imports takes longer to load than yargs itself.
  resolve: { alias: { 'string-width': 'fast-string-width' } },
  plugins: [pythonFiles(), ascii, withoutFacades],
  checks: { ...checks, ineffectiveDynamicImport: false }, // one that breaks a circle is meant
};

/** In one folder: see src/package-file.ts. */
const output = {
  dir: 'dist',
  chunkFileNames: '[name].js',
  comments: { jsdoc: false, annotation: false, legal: true }, // the types keep theirs; V8 reads these files whole
};

/**
 * What is loaded together, so that it takes few files: first what every command line loads. Not named here is what
 * imports a package that takes long to load, such as ora, pako or esptool-js, directly or by another module: it stays a
 * file of its own.
 */
const groups = [
  {
    name: 'common',
    test: /src[\\/](?!index)(input[\\/])?[^\\/]+\.ts$|fast-string-width|src[\\/](portal[\\/](config|settings|static-address|pages[\\/](accent|languages|logo))|board-scripts[\\/]python-literal|cli[\\/](port-list|options[\\/]settings|terminal[\\/](text|signals|output)|package-version))\.ts$/,
  },
  { name: 'commands', test: /src[\\/]cli[\\/](commands|welcome|terminal[\\/]ask)/ },
  {
    name: 'port',
    test: /src[\\/](operations[\\/]ports[\\/]ports|port[\\/](?!network|tcp-binding|socket-port|rfc2217[\\/](client|serve)))/,
  },
  { name: 'log', test: /src[\\/](log[\\/]|operations[\\/]log[\\/](secrets|log-events))/ },
  {
    name: 'board',
    test: /src[\\/](board-scripts|micropython|filesystem|firmware|operations[\\/](?!ports|dev|factory|packages)|portal[\\/](?!app-folder|compiler)|esp[\\/](?!loader\.|loader-entry|usb-loader|chip-identity|packet-transport|stub|compression))/,
  },
  { name: 'program', test: /src[\\/](operations[\\/]dev|portal[\\/]compiler|cli[\\/]terminal[\\/]program)/ },
  { name: 'factory', test: /src[\\/]operations[\\/]factory/ },
  { name: 'packages', test: /src[\\/]operations[\\/]packages/ },
  { name: 'report', test: /src[\\/]cli[\\/]report[\\/](?!human|progress|boards)/ },
];

/** A process or a worker is one file of its own. */
const program = (name, module) => ({
  ...code,
  input: { [name]: module },
  output: { ...output, codeSplitting: false },
});

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /(?<!\.d)\.ts$/.test(path),
);

/** Each module for itself, for tests, benches and scripts: see scripts/source-module.js. */
const modules = {
  ...code,
  input: Object.fromEntries(sources.map((path) => [path.replace(/\.ts$/, ''), `src/${path}`])),
  external: [/^node:/, ...Object.keys(dependencies), ...Object.keys(devDependencies)],
  resolve: {},
  plugins: [pythonFiles()],
  output: { dir: 'build', preserveModules: true, preserveModulesRoot: 'src' },
};

const types = (name, module) => ({
  input: { [name]: `${TYPES}/${module}.d.ts` },
  external: /^[^./]/,
  checks,
  plugins: [dts({ dtsInput: true, emitDtsOnly: true })],
  output,
});

export default defineConfig([
  {
    ...code,
    input: { index: 'src/index.ts', cli: 'src/cli/main.ts', 'virtual-board': 'src/virtual-board/open.ts' },
    plugins: [...code.plugins, bundledLicenses(), boardFiles()],
    output: { ...output, codeSplitting: { groups } },
  },
  program('virtual-board-process', 'src/virtual-board/process/board-process.ts'),
  program('virtual-board-worker', 'src/virtual-board/interpreter/worker.ts'),
  modules,
  types('index', 'index'),
  types('virtual-board', 'virtual-board/open'),
]);
