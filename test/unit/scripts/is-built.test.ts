import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/virtual-port.js';

const MODULE = fileURLToPath(new URL('../../../scripts/is-built.js', import.meta.url));
const ASK = `import { isBuilt } from ${JSON.stringify(MODULE)}; console.log(isBuilt('build/built'));`;

/** Seconds since 1970. */
const BEFORE = 1_000;
const STARTED = 2_000;
const MEANWHILE = 2_003;
const ENDED = 2_006;
const LATER = 3_000;

const FOLDERS = ['src', 'device-py', 'scripts', 'dist', 'build/port', 'build'];
const FILES = ['rolldown.config.js', 'package.json', 'package-lock.json', 'tsconfig.json', 'src/open.ts'];
const RESULTS = ['dist/cli.js', 'build/port/open.js', 'build/built'];

let project: string;
const at = (path: string, seconds: number) => utimesSync(join(project, path), seconds, seconds);
const isBuilt = () =>
  execFileSync(process.execPath, ['--input-type=module', '-e', ASK], { cwd: project }).toString();

beforeEach(() => {
  project = temporaryFolder();
  for (const folder of FOLDERS) mkdirSync(join(project, folder), { recursive: true });
  for (const file of [...FILES, ...RESULTS]) writeFileSync(join(project, file), '');
  writeFileSync(join(project, 'build/built'), `${STARTED * 1000}`);
  for (const path of [...FILES, ...FOLDERS]) at(path, BEFORE);
  for (const path of RESULTS) at(path, ENDED);
});

test('nothing is built again where nothing changed', () => {
  expect(isBuilt()).toBe('true\n');
});

test.each([
  ['after the build', LATER],
  ['while it ran', MEANWHILE],
])('a source that was changed %s is built again', (_, seconds) => {
  at('src/open.ts', seconds);
  expect(isBuilt()).toBe('false\n');
});

test.each(['dist/cli.js', 'build/port/open.js', 'build/built'])(
  '%s is made again where it is missing',
  (path) => {
    rmSync(join(project, path));
    expect(isBuilt()).toBe('false\n');
  },
);

test.each(['dist/cli.js', 'build/port/open.js'])('%s is made again where it was changed', (path) => {
  at(path, LATER);
  expect(isBuilt()).toBe('false\n');
});
