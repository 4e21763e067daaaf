// What is in the package that people install: everything it needs, and nothing else.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { expect, test } from 'vitest';

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

const EXPECTED: readonly RegExp[] = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^docs\/events\.md$/,
  /^docs\/virtual-board\.md$/,
  /^bin\/esp-portal\.js$/,
  /^dist\/.+\.(js|d\.ts)$/,
  /^dist\/cli\/yargs-licenses\.txt$/,
  /^dist\/portal\/bundle\/(index\.json|(mpy6|mpy5|source)\/[\w-]+\.(mpy|py|html|txt))$/,
  /^dist\/virtual-board\/shims\/(modules|internal)\/\w+\.py$/,
  /^dist\/portal\/bundle\/index\.json$/,
  /^dist\/portal\/bundle\/(source|mpy[56])\/main\.py$/,
  /^dist\/portal\/bundle\/mpy5\/\w+\.mpy$/,
  /^dist\/portal\/bundle\/mpy6\/\w+\.mpy$/,
  /^dist\/portal\/bundle\/source\/\w+\.py$/,
  /^dist\/portal\/bundle\/(source|mpy[56])\/[\w-]+\.(html|txt)$/,
];

test('holds nothing but what was meant to be in it', () => {
  expect(paths.filter((path) => !EXPECTED.some((pattern) => pattern.test(path)))).toEqual([]);
});

test('holds a file of every kind that it needs, and every file of the portal in each form', () => {
  for (const pattern of EXPECTED)
    expect(
      paths.some((path) => pattern.test(path)),
      `${pattern}`,
    ).toBe(true);
  const portal = readdirSync(new URL('../../device-py/', import.meta.url));
  for (const form of ['source', 'mpy5', 'mpy6']) {
    const packedFiles = paths.filter((path) => path.startsWith(`dist/portal/bundle/${form}/`));
    expect(packedFiles, form).toHaveLength(portal.length);
  }
});

test('imports nothing that is not installed with it', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  const modules = paths.filter((path) => path.endsWith('.js') && path !== 'dist/cli/yargs.js'); // a bundle
  const imported = modules.flatMap((path) =>
    Array.from(
      readFileSync(path, 'utf8').matchAll(/(?:\bfrom |\bimport\(|^import )'([^.'][\w@/.:-]*)'/gm),
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

test('is under 1.5 MB', () => {
  expect(packed?.size).toBeLessThan(1.5 * 1024 * 1024);
});
