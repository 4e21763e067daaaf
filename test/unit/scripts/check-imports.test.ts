import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findViolations, readSources } from '../../../scripts/check-imports.js';
import { temporaryFolder } from '../../support/virtual-port.js';

const check = (sources: Readonly<Record<string, string>>) => findViolations(new Map(Object.entries(sources)));

test('imports along the table are taken, in every form', () => {
  expect(
    check({
      'errors.ts': '',
      'port/port.ts': "import { PortalError } from '../errors.js';",
      'esp/loader.ts': "import type { Port } from '../port/port.js';\nexport * from './slip.js';",
      'esp/slip.ts': '',
      'operations/flash/flash.ts': "const { connect } = await import('../../esp/loader.js');",
      'cli/main.ts': "import {\n  flash,\n  type FlashResult,\n} from '../operations/flash/flash.js';",
    }),
  ).toEqual([]);
});

test.each([
  ["import { flash } from '../operations/flash.js';"],
  ["import type { FlashResult } from '../operations/flash.js';"],
  ["import {\n  type FlashResult,\n  flash,\n} from '../operations/flash.js';"],
  ["export { flash } from '../operations/flash.js';"],
  ["import '../operations/flash.js';"],
  ["const { flash } = await import('../operations/flash.js');"],
  ["let result: import('../operations/flash.js').FlashResult;"],
])('an import against the direction is reported: %s', (line) => {
  expect(check({ 'esp/loader.ts': line, 'operations/flash.ts': '' })).toEqual([
    expect.stringMatching(/^src\/esp\/loader imports src\/operations\/flash: esp may import port, /),
  ]);
});

test('the command line reaches the rest through operations', () => {
  expect(check({ 'cli/run.ts': "import type { Port } from '../port/port.js';", 'port/port.ts': '' })).toEqual(
    ['src/cli/run imports src/port/port: cli may import operations, progress, errors, input, package-file.'],
  );
});

test('only port/open.ts loads a virtual board, and only on demand', () => {
  const board = { 'virtual-board/open.ts': '' };
  const dynamic = "await import('../virtual-board/open.js');";
  expect(check({ ...board, 'port/open.ts': dynamic })).toEqual([]);
  expect(check({ ...board, 'port/discovery.ts': dynamic })).toHaveLength(1);
  expect(
    check({ ...board, 'port/open.ts': "import { virtualBoard } from '../virtual-board/open.js';" }),
  ).toHaveLength(1);
});

test('of port/ a virtual board takes the types alone', () => {
  const port = { 'port/port.ts': '', 'port/byte-reader.ts': '' };
  expect(check({ ...port, 'virtual-board/a.ts': "import type { Port } from '../port/port.js';" })).toEqual(
    [],
  );
  expect(
    check({ ...port, 'virtual-board/a.ts': "import { ByteReader } from '../port/byte-reader.js';" }),
  ).toHaveLength(1);
});

test('a circle is reported once, with its whole way, types included', () => {
  expect(
    check({
      'log/a.ts': "import { b } from './b.js';",
      'log/b.ts': "import type { C } from './c.js';",
      'log/c.ts': "const { a } = await import('./a.js');",
      'log/d.ts': "import { a } from './a.js';",
    }),
  ).toEqual(['A circle of imports: src/log/a → src/log/b → src/log/c → src/log/a.']);
});

test('a package that belongs to one folder is reported elsewhere', () => {
  expect(
    check({ 'operations/a.ts': "import ora from 'ora';", 'cli/b.ts': "import ora from 'ora';" }),
  ).toEqual(['src/operations/a imports ora, which is for cli.']);
  expect(check({ 'port/a.ts': "import { hideBin } from 'yargs/helpers';" })).toHaveLength(1);
  expect(check({ 'port/a.ts': "import { stdout } from 'node:process';" })).toHaveLength(1);
});

test('only the command line uses the streams, arguments and status of its process', () => {
  const line = 'process.stderr.write("x"); process.exitCode = 1;';
  expect(check({ 'log/a.ts': `${line}\n// process.argv\nthis.process.on();`, 'cli/b.ts': line })).toEqual([
    'src/log/a uses process.stderr, which is for cli.',
    'src/log/a uses process.exitCode, which is for cli.',
  ]);
});

test('a folder that is not in the table, and one with too many files, are reported', () => {
  const files = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`esp/file-${index}.ts`, '']));
  expect(check({ 'utils/a.ts': '' })).toEqual([
    'src/utils/a: the table in scripts/check-imports.js has no utils.',
  ]);
  expect(check(files)).toEqual(['src/esp has 16 files: group them by subject.']);
});

test('programs for boards count as files of their folder', () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'board-scripts/facts'), { recursive: true });
  for (let index = 0; index < 16; index++)
    writeFileSync(join(root, `board-scripts/facts/file_${index}.py`), 'import os');
  expect(findViolations(readSources(root))).toEqual([
    'src/board-scripts/facts has 16 files: group them by subject.',
  ]);
});
