import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readAppFolder } from '../../../src/portal/app-folder.js';
import { temporaryFolder } from '../../support/virtual-port.js';

function folderWith(...paths: string[]): string {
  const folder = temporaryFolder();
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
  return folder;
}

const paths = async (folder: string) =>
  (await readAppFolder(folder, { reserved: () => undefined })).map(({ path }) => path);

test('files go to the root of the board, folders and all', async () => {
  const files = await readAppFolder(folderWith('app.py', 'lib/sensor.py', 'data.bin'), {
    reserved: () => undefined,
  });
  expect(files.map(({ path }) => path)).toEqual(['app.py', 'data.bin', 'lib/sensor.py']);
  expect(files.map(({ path, bytes }) => Buffer.from(bytes).toString() === path)).toEqual([true, true, true]);
});

test('a package goes to app/', async () => {
  expect(await paths(folderWith('__init__.py', 'parts/one.py'))).toEqual([
    'app/__init__.py',
    'app/parts/one.py',
  ]);
});

test('what no board needs, and what the ignore file names, stays here', async () => {
  const folder = folderWith(
    'app.py',
    '.git/config',
    '__pycache__/app.pyc',
    'esp-portal.json',
    'esp-portal.lock.json',
    'test/a.py',
    'notes.md',
    'keep.md',
  );
  writeFileSync(join(folder, '.portalignore'), 'test/\n*.md\n!keep.md\n');
  expect(await paths(folder)).toEqual(['app.py', 'keep.md']);
});

test.each([
  ['a folder that is none', () => '/no/such/folder', 'no such folder'],
  ['an empty folder', () => folderWith(), 'has no files'],
  ['a file', () => join(folderWith('app.py'), 'app.py'), 'this is a file; name the folder that contains it'],
  ['no name', () => '', '--app needs a value.'],
  ['a name that is too long', () => folderWith(`${'x'.repeat(65)}.py`), 'up to 64 bytes'],
])('%s is refused', async (_what, folder, message) => {
  await expect(paths(folder())).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message),
  });
});

test('an empty folder is for a program', async () => {
  await expect(paths(folderWith())).rejects.toMatchObject({ next: expect.stringContaining('as app.py') });
});

test('a reserved name is refused with its file and the reason', async () => {
  const reserved = (path: string) => (path === 'lib/x.py' ? 'x is taken; rename it' : undefined);
  const folder = folderWith('app.py', 'lib/x.py');
  await expect(readAppFolder(folder, { reserved })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/\/lib\/x\.py: x is taken; rename it, or exclude it in /),
  });
});

test.each([
  ['to nothing', '/no/such/place'],
  ['to itself', 'link.py'],
])('a link %s is named', async (_what, target) => {
  const folder = folderWith('app.py');
  symlinkSync(target, join(folder, 'link.py'));
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(`/link.py: this link points to ${target}, which does not exist`),
  });
  writeFileSync(join(folder, '.portalignore'), 'link.py\n');
  expect(await paths(folder)).toEqual(['app.py']);
});

test('a link to a file or a folder counts as what it leads to', async () => {
  const shared = folderWith('sensor.py', 'deep/driver.py');
  const folder = folderWith('app.py');
  symlinkSync(shared, join(folder, 'lib'));
  symlinkSync(join(shared, 'sensor.py'), join(folder, 'copy.py'));
  expect(await paths(folder)).toEqual(['app.py', 'copy.py', 'lib/deep/driver.py', 'lib/sensor.py']);
  writeFileSync(join(folder, '.portalignore'), 'lib/\n');
  expect(await paths(folder)).toEqual(['app.py', 'copy.py']);
});

test.each([
  ['a file', 'secret.txt'],
  ['a folder', ''],
])('refuses a link to %s outside the folder where links may not leave it', async (_what, target) => {
  const outside = folderWith('secret.txt');
  const folder = folderWith('app.py', 'lib/a.py');
  symlinkSync('a.py', join(folder, 'lib', 'b.py'));
  symlinkSync(join(outside, target), join(folder, 'lib', 'link'));
  const inside = { reserved: () => undefined, refuseLinksOut: true };
  await expect(readAppFolder(folder, inside)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringMatching(/\/lib\/link\S*: a link points out of the folder, to .*secret\.txt\./),
  });
  writeFileSync(join(folder, '.portalignore'), 'link\n');
  expect((await readAppFolder(folder, inside)).map(({ path }) => path)).toEqual([
    'app.py',
    'lib/a.py',
    'lib/b.py',
  ]);
});

test('a link that leads back into itself is named', async () => {
  const folder = folderWith('app.py', 'lib/a.py');
  symlinkSync('..', join(folder, 'lib', 'up'));
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/lib/up: this link points to a folder that contains it. Remove it'),
  });
  writeFileSync(join(folder, '.portalignore'), 'up/\n');
  expect(await paths(folder)).toEqual(['app.py', 'lib/a.py']);
});

test.each([
  ['that is a directory', (path: string) => mkdirSync(path), '/.portalignore is a directory'],
  [
    'that is far too large',
    (path: string) => {
      writeFileSync(path, '');
      truncateSync(path, 2 * 1024 * 1024);
    },
    '/.portalignore is larger than 1 MB',
  ],
])('an ignore file %s is refused, not skipped', async (_what, make, message) => {
  const folder = folderWith('app.py', 'secrets.txt');
  make(join(folder, '.portalignore'));
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message),
  });
});

test('a file larger than any flash is named before it is read', async () => {
  const folder = folderWith('app.py', 'video.mp4');
  truncateSync(join(folder, 'video.mp4'), 3 * 1024 ** 3);
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/video.mp4 is larger than 16 MB.'),
  });
});

test.runIf(process.platform === 'linux')('what is no regular file or cannot be read is named', async () => {
  const folder = folderWith('app.py');
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/pipe is a device, pipe or socket, not a regular file.'),
  });
  writeFileSync(join(folder, '.portalignore'), 'pipe\n');
  symlinkSync('/proc/self/mem', join(folder, 'memory')); // regular, and reading it fails at offset 0
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/memory cannot be read: EIO'),
  });
});

test.runIf(process.platform === 'linux')('a name that is not UTF-8 is shown with its bytes', async () => {
  const folder = folderWith('app.py');
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9), Buffer.from('.py')]), '');
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('/caf\\xe9.py: the name is not UTF-8.'),
  });
});

test('a folder of thousands of files is taken for the wrong one', async () => {
  const folder = folderWith(...Array.from({ length: 5001 }, (_, index) => `d/${index}`));
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('more than 5000 files'),
  });
});

test('a folder of more than a flash can hold is refused, although each file is smaller', async () => {
  const folder = folderWith('app.py', 'one.bin', 'two.bin');
  for (const name of ['one.bin', 'two.bin']) truncateSync(join(folder, name), 9 * 1024 * 1024);
  await expect(paths(folder)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('more than 16 MB'),
  });
});
