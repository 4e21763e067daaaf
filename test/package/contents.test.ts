// What is in the package that people install: everything it needs, and nothing else.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import * as library from 'esp-portal';
import { expect, test } from 'vitest';
import * as source from '../../src/index.js';

interface Packed {
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const [packed] = JSON.parse(
  execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
) as Packed[];
const paths = packed?.files.map(({ path }) => path) ?? [];
const modules = paths.filter((path) => path.startsWith('dist/') && path.endsWith('.js'));
const textOf = (path: string) => readFileSync(path, 'utf8');

const EXPECTED: readonly RegExp[] = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^docs\/events\.md$/,
  /^docs\/esp-portal\.schema\.json$/,
  /^docs\/factory\.schema\.json$/,
  /^docs\/virtual-board\.md$/,
  /^bin\/esp-portal\.js$/,
  /^dist\/[\w-]+\.js$/,
  /^dist\/(index|virtual-board)\.d\.ts$/,
  /^dist\/licenses\.txt$/,
  /^dist\/portal\.json$/,
  /^dist\/portal-languages\.json$/,
  /^dist\/portal-optional\.json$/,
  /^dist\/virtual-board-shims\.json$/,
];

test('holds nothing but what was meant to be in it, and something of every kind', () => {
  expect(paths.filter((path) => !EXPECTED.some((pattern) => pattern.test(path)))).toEqual([]);
  expect(EXPECTED.filter((pattern) => !paths.some((path) => pattern.test(path)))).toEqual([]);
});

test('has fewer than 60 files and less than 1 MB', () => {
  expect(paths.length).toBeLessThan(60);
  expect(packed?.size).toBeLessThan(1024 * 1024);
});

test('holds every file of the portal in each form', () => {
  const portal: Record<string, { path: string }[]> = JSON.parse(textOf('dist/portal.json'));
  const optional: Record<string, typeof portal> = JSON.parse(textOf('dist/portal-optional.json'));
  const names = readdirSync('device-py').sort();
  const asSource = (path: string) => path.replace(/\.mpy$/, '.py');
  for (const form of ['source', 'mpy5', 'mpy6']) {
    const files = [...(portal[form] ?? []), ...(optional.en?.[form] ?? [])];
    expect(files.map(({ path }) => asSource(path)).sort(), form).toEqual(names);
    for (const [language, forms] of Object.entries(optional)) {
      const paths = forms[form]?.map(({ path }) => path);
      expect(paths, language).toEqual(optional.en?.[form]?.map(({ path }) => path));
    }
  }
});

test('imports nothing that is not installed with it', () => {
  const { dependencies } = JSON.parse(textOf('package.json'));
  const imported = modules.flatMap((path) =>
    Array.from(
      textOf(path).matchAll(
        /(?:^(?:import|export) [^"'`]*\bfrom |\bimport\(|^import )["']([^."'][\w@/.:-]*)["']/gm,
      ),
      ([, name = '']) => name,
    ),
  );
  expect(imported).toContain('esptool-js');
  const missing = imported.filter((name) => {
    const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '';
    return !isBuiltin(name) && !(packageName in dependencies);
  });
  expect(missing).toEqual([]);
});

test('brings the licence of each package whose code it holds', () => {
  const bundled = modules.flatMap((path) =>
    Array.from(
      textOf(path).matchAll(/^\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm),
      ([, name = '']) => name,
    ),
  );
  expect(bundled).toContain('yargs');
  const licences = textOf('dist/licenses.txt');
  for (const name of new Set(bundled)) expect(licences).toMatch(new RegExp(`^${name} \\d+\\.\\d+`, 'm'));
});

test('exports the names of the library, and no other', () => {
  expect(Object.keys(library).sort()).toEqual(Object.keys(source).sort());
});
