// Packages from an index on this computer: what they may be, and what of them is refused.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RefusedAnswer, TemporaryFailure } from '../../../../src/firmware/request.js';
import { downloadError } from '../../../../src/operations/packages/package-error.js';
import { packageFiles, programWithPackages } from '../../../../src/operations/packages/packages.js';
import type { BundleForm } from '../../../../src/portal/bundle.js';
import { parsePackageName } from '../../../../src/portal/package-name.js';
import { PackageSite } from '../../../support/package-site.js';

let site: PackageSite;
let folder: string;
beforeEach(async () => {
  site = await PackageSite.start();
  folder = mkdtempSync(join(tmpdir(), 'esp-portal-packages-'));
});
afterEach(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const lockFile = () => join(folder, 'esp-portal.lock.json');
const options = () => ({ cacheFolder: join(folder, 'cache'), index: site.index, lockFile: lockFile() });

async function filesOf(names: readonly string[], form: BundleForm = 'mpy6') {
  const files = await packageFiles(names.map(parsePackageName), form, options());
  return Object.fromEntries(files.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
}

const refused = (message: string) =>
  expect.objectContaining({ code: 'package-failed', message: expect.stringContaining(message) });

test('files, those at other addresses, and those of dependencies go below lib/', async () => {
  site.site.on('/other/b.py', (_, response) => response.end('b = 1'));
  site.add('base', { files: { 'base.mpy': 'base' } });
  site.add('left', { files: { 'left.mpy': 'left' }, deps: [['base', 'latest']] });
  site.add('top', {
    files: { 'top/__init__.mpy': 'top' },
    urls: [['top/b.py', `${site.site.url}/other/b.py`]],
    deps: [
      ['left', '1.0.0'],
      ['base', ''],
    ],
  });
  expect(await filesOf(['top'])).toEqual({
    'lib/top/__init__.mpy': 'top',
    'lib/top/b.py': 'b = 1',
    'lib/left.mpy': 'left',
    'lib/base.mpy': 'base',
  });
});

test('a board that imports no bytecode of format 6 gets sources', async () => {
  site.add('a', { files: { 'a.mpy': 'bytecode' } });
  site.add('a', { files: { 'a.py': 'source' }, mpy: 'py' });
  expect(await filesOf(['a'])).toEqual({ 'lib/a.mpy': 'bytecode' });
  expect(await filesOf(['a'], 'mpy5')).toEqual({ 'lib/a.py': 'source' });
  const { formats } = JSON.parse(readFileSync(lockFile(), 'utf8'));
  expect(Object.keys(formats)).toEqual(['6', 'py']);
});

test('what is locked stays, and needs no network', async () => {
  site.add('a', { files: { 'a.mpy': 'old' }, version: '1.0.0' });
  const first = await filesOf(['a']);
  site.add('a', { files: { 'a.mpy': 'new' }, version: '2.0.0' });
  const requests = site.paths.length;
  expect(await filesOf(['a'])).toEqual(first);
  expect(site.paths).toHaveLength(requests);
  // Another computer has the lock file and no cache: it gets the same file.
  rmSync(join(folder, 'cache'), { recursive: true });
  expect(await filesOf(['a'])).toEqual(first);
});

test('a package that is not named any more leaves the lock file', async () => {
  site.add('a', { files: { 'a.mpy': 'a' } });
  site.add('b', { files: { 'b.mpy': 'b' } });
  await filesOf(['a', 'b']);
  await filesOf(['b']);
  expect(Object.keys(JSON.parse(readFileSync(lockFile(), 'utf8')).formats['6'])).toEqual(['b']);
});

describe('refused', () => {
  test('a missing package', async () => {
    const slashed = { ...options(), index: `${site.index}/` };
    await expect(packageFiles([parsePackageName('missing')], 'mpy6', slashed)).rejects.toMatchObject({
      code: 'package-failed',
      message: expect.stringContaining('404'),
      likelyCause: 'The name or the version is misspelt.',
      next: expect.stringContaining(`${site.index}/index.json`),
    });
    expect(existsSync(lockFile())).toBe(false);
  });

  test.each([
    [new TemporaryFailure('no answer'), 'offline', 'Open https://index.test/pi/v2/package/6/a/latest.json'],
    [new TemporaryFailure('503', { status: 503 }), 'index.test is overloaded', 'later'],
    [new RefusedAnswer('redirect', 'elsewhere'), 'sign-in page', 'Open https://index.test'],
    [new RefusedAnswer('status', '404'), 'misspelt', 'https://index.test/pi/v2/index.json'],
  ])('%s: the cause is of this failure, and the index is that of the user', (error, cause, next) => {
    const index = 'https://index.test/pi/v2';
    expect(downloadError(error, `${index}/package/6/a/latest.json`, index)).toMatchObject({
      code: 'package-failed',
      likelyCause: expect.stringContaining(cause),
      next: expect.stringContaining(next),
    });
  });

  test.each([
    ['../main.py', 'outside the folder lib'],
    ['/main.py', 'outside the folder lib'],
    ['a/../../main.py', 'outside the folder lib'],
    ['a//b.py', 'outside the folder lib'],
    ['', 'outside the folder lib'],
    ['a\\b.py', 'a name that a board cannot have'],
    ['a\nb.py', 'a name that a board cannot have'],
    ['n'.repeat(65), 'a name that a board cannot have'],
    ['os.mpy', "hides MicroPython's module os"],
    ['socket/__init__.py', "hides MicroPython's module socket"],
  ])('the path %j', async (path, message) => {
    site.add('a', { files: { [path]: 'x' } });
    await expect(filesOf(['a'])).rejects.toEqual(refused(message));
    expect(site.paths).toHaveLength(1); // before the file is fetched
  });

  test('a path that is a file and a folder, in one package, in two, or with the program', async () => {
    site.add('both', { files: { 'a.py': 'x', 'a.py/b.py': 'y' } });
    await expect(filesOf(['both'])).rejects.toEqual(refused('lib/a.py would be a file and a folder'));
    site.add('one', { files: { 'c/d.mpy': 'x' } });
    site.add('two', { files: { c: 'y' } });
    await expect(filesOf(['one', 'two'])).rejects.toEqual(refused('lib/c would be a file and a folder'));
    expect(existsSync(lockFile())).toBe(false);
    const app = [{ path: 'lib/c', bytes: new Uint8Array() }];
    await expect(programWithPackages(app, [parsePackageName('one')], 'mpy6', options())).rejects.toEqual(
      refused('lib/c is a file and a folder'),
    );
  });

  test('a wrong hash', async () => {
    site.describe('a', JSON.stringify({ hashes: [['a.mpy', '01234567']] }));
    site.site.on('/pi/v2/file/01/01234567', (_, response) => response.end('other'));
    await expect(filesOf(['a'])).rejects.toEqual(refused('does not begin with 01234567'));
  });

  test.each([
    ['not JSON', '{'],
    ['not an object', '[]'],
    ['no list of pairs', '{"urls": [["a.py"]]}'],
    ['not hexadecimal', '{"hashes": [["a.py", "../../x"]]}'],
    ['it depends on "../x", which is not the name of a package', '{"deps": [["../x", "latest"]]}'],
  ])('a description that is %s', async (message, text) => {
    site.describe('a', text);
    await expect(filesOf(['a'])).rejects.toEqual(refused(message));
  });

  test('dependencies in a cycle', async () => {
    site.add('a', { deps: [['b', '']] });
    site.add('b', { deps: [['c', '']] });
    site.add('c', { deps: [['a', '']] });
    await expect(filesOf(['a'])).rejects.toEqual(refused('a → b → c → a'));
  });

  test('hundreds of dependencies, and hundreds of files', async () => {
    for (let at = 0; at < 101; at++) site.add(`p${at}`, { deps: [[`p${at + 1}`, '']] });
    await expect(filesOf(['p0'])).rejects.toEqual(refused('more than 100 packages'));
    const urls = Array.from({ length: 501 }, (_, at) => [`${at}.py`, `${site.site.url}/x`]);
    site.describe('many', JSON.stringify({ urls }));
    await expect(filesOf(['many'])).rejects.toEqual(refused('more than 500 entries'));
  });

  test('a file that does not end', async () => {
    site.add('a', { urls: [['a.py', `${site.site.url}/large`]] });
    site.site.on('/large', (_, response) => {
      const more = () => void (response.destroyed || response.write(Buffer.alloc(64 * 1024), more));
      more();
    });
    await expect(filesOf(['a'])).rejects.toEqual(refused('more than 1 MB'));
  });

  test('plain http from elsewhere, also by a redirect', async () => {
    site.add('a', { urls: [['a.py', 'http://192.0.2.1/a.py']] });
    await expect(filesOf(['a'])).rejects.toEqual(refused('plain http'));
    site.add('b', { urls: [['b.py', `${site.site.url}/moved`]] });
    site.site.on('/moved', (_, response) =>
      response.writeHead(302, { location: 'http://192.0.2.1/b.py' }).end(),
    );
    await expect(filesOf(['b'])).rejects.toEqual(refused('redirects to http://192.0.2.1/b.py'));
  });

  test('plain http of this computer, unless the index of the user is there', async () => {
    const name = parsePackageName(`${site.site.url}/a.py`);
    const own = { ...options(), index: undefined };
    await expect(packageFiles([name], 'mpy6', own)).rejects.toEqual(refused('not an https:// address'));
    expect(site.paths).toEqual([]);
  });

  test('a web page', async () => {
    site.add('a', { urls: [['a.py', `${site.site.url}/page`]] });
    site.site.on('/page', (_, response) => response.setHeader('content-type', 'text/html').end('<p>Log in'));
    await expect(filesOf(['a'])).rejects.toMatchObject({
      message: expect.stringContaining('is a web page'),
      likelyCause: expect.stringContaining('sign-in page'),
    });
  });

  test('a file that is not what the lock file says', async () => {
    site.site.on('/a.py', (_, response) => response.end('first'));
    site.add('a', { urls: [['a.py', `${site.site.url}/a.py`]] });
    await filesOf(['a']);
    rmSync(join(folder, 'cache'), { recursive: true });
    site.site.on('/a.py', (_, response) => response.end('second'));
    await expect(filesOf(['a'])).rejects.toEqual(refused('has changed'));
  });

  test('a path of the lock file outside lib/, and a lock file of another form', async () => {
    site.add('a', { files: { 'a.mpy': 'a' } });
    await filesOf(['a']);
    writeFileSync(lockFile(), readFileSync(lockFile(), 'utf8').replace('lib/a.mpy', 'main.py'));
    await expect(filesOf(['a'])).rejects.toEqual(refused('outside the folder lib'));
    writeFileSync(lockFile(), '{"version": 1, "formats": {"6": []}}');
    await expect(filesOf(['a'])).rejects.toMatchObject({
      code: 'usage',
      next: expect.stringContaining('remove it'),
    });
  });

  test('two packages, or a package and the program, with one file', async () => {
    site.add('a', { files: { 'x.mpy': 'of a' } });
    site.add('b', { files: { 'x.mpy': 'of b' } });
    await expect(filesOf(['a', 'b'])).rejects.toEqual(refused('lib/x.mpy is also a file of a'));
    const app = [{ path: 'lib/x.mpy', bytes: Buffer.from('mine') }];
    await expect(programWithPackages(app, [parsePackageName('a')], 'mpy6', options())).rejects.toEqual(
      refused('in your program and in one of its packages'),
    );
  });
});
