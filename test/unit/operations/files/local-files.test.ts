import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readLocalFolder } from '../../../../src/operations/files/local-files.js';

const folder = mkdtempSync(join(tmpdir(), 'local-files-'));
mkdirSync(join(folder, 'lib'));
writeFileSync(join(folder, 'main.py'), '');
writeFileSync(join(folder, 'lib/sensor.py'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const below = relative(process.cwd(), folder);

test.each([
  ['absolute', folder],
  ['relative', below],
  ['relative, with ./ in front', `./${below}`],
  ['with slashes at its end', `${folder}//`],
  ['with a detour', `${folder}/lib/../`],
])('files of a folder keep their names: %s', async (_, given) => {
  const files = await readLocalFolder(given, 'app');
  expect(files.map(({ path }) => path)).toEqual(['app/lib/sensor.py', 'app/main.py']);
});
