import { type FSWatcher, mkdirSync, mkdtempSync, rmSync, type watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FolderWatch } from '../../../../src/operations/dev/folder-watch.js';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'esp-portal-watch-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A system that has no watches left. */
function noWatches(): FSWatcher {
  throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
}

async function watching(root: string, options: { watch?: typeof watch } = {}) {
  const reasons: string[] = [];
  let wake = () => {};
  let changes = 0;
  const watcher = new FolderWatch(root, {
    ...options,
    onChange: () => {
      changes += 1;
      wake();
    },
    onPoll: (reason) => reasons.push(reason),
  });
  onTestFinished(() => watcher[Symbol.dispose]());
  await watcher.start();
  const changed = async () => {
    if (changes === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    changes = 0;
  };
  return { reasons, changed };
}

describe('FolderWatch', () => {
  test('reports a change in a folder that was made later', async () => {
    const root = folder();
    const { changed } = await watching(root);
    mkdirSync(join(root, 'lib'));
    await changed();
    writeFileSync(join(root, 'lib/a.py'), 'x = 1\n');
    await changed();
  });

  test('looks through the folder where the system has no watches left', async () => {
    const root = folder();
    writeFileSync(join(root, 'a.py'), 'x = 1\n');
    const { changed, reasons } = await watching(root, { watch: noWatches as unknown as typeof watch });
    expect(reasons).toEqual([expect.stringContaining('ENOSPC')]);
    const write = setInterval(() => writeFileSync(join(root, 'a.py'), `x = ${performance.now()}\n`), 100);
    await changed();
    clearInterval(write);
  });

  test('finds a folder again that was removed', async () => {
    const root = folder();
    const { changed } = await watching(root);
    rmSync(root, { recursive: true });
    await changed();
    mkdirSync(root);
    await changed();
    writeFileSync(join(root, 'a.py'), 'x = 1\n');
    await changed();
  });
});
