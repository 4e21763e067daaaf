// Watches a folder for changes that are over: one call for a storm of events, as editors and git make them.

import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** Without an event, a change is over: an editor writes a new file and renames it over the old one. */
const QUIET_MS = 40;
/** A folder that changes without end is sent nevertheless. */
const STORM_MS = 2000;
const POLL_MS = 1000;
/** A folder that was removed may come back: git switches branches so. */
const RETURN_MS = 300;
/** What is never sent is not watched. */
const UNWATCHED = /^(?:\..*|__pycache__|node_modules)$/;
const MAX_FOLDERS = 2000;

export interface FolderWatchOptions {
  readonly onChange: () => void;
  /** The system has no watches left, or the folder is too large: it is looked through every second instead. */
  readonly onPoll: (reason: string) => void;
  readonly watch?: typeof watchFolder;
}

interface Watched {
  readonly watcher: FSWatcher;
  /** Of the folder: another one of the same name is watched anew. */
  readonly inode: number;
}

export class FolderWatch implements Disposable {
  readonly #root: string;
  readonly #options: FolderWatchOptions;
  readonly #watched = new Map<string, Watched>();
  #quiet: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;
  #stormSince: number | undefined;
  #state: string | undefined;
  #isPolling = false;
  #isOver = false;

  constructor(root: string, options: FolderWatchOptions) {
    this.#root = resolve(root); // the current folder may be removed and come back
    this.#options = options;
  }

  /** Resolves when changes from now on are noticed. */
  async start(): Promise<void> {
    await this.#update();
  }

  #onEvent = (): void => {
    if (this.#isOver) return;
    const now = performance.now();
    this.#stormSince ??= now;
    clearTimeout(this.#quiet);
    const leftMs = Math.max(0, this.#stormSince + STORM_MS - now);
    this.#quiet = setTimeout(() => void this.#settle(), Math.min(QUIET_MS, leftMs));
  };

  async #settle(): Promise<void> {
    this.#stormSince = undefined;
    await this.#update();
    if (!this.#isOver) this.#options.onChange();
  }

  /** Watches the folders that there are now, and no others. */
  async #update(): Promise<void> {
    if (this.#isPolling) return;
    const folders = await foldersBelow(this.#root);
    if (this.#isOver) return;
    for (const [path, { watcher, inode }] of this.#watched) {
      if (folders.get(path) === inode) continue;
      watcher.close();
      this.#watched.delete(path);
    }
    for (const [path, inode] of folders) if (!this.#watched.has(path)) this.#add(path, inode);
    if (folders.size > MAX_FOLDERS) this.#startPolling(`${this.#root} has more than ${MAX_FOLDERS} folders`);
    if (folders.size === 0) this.#waitForReturn();
  }

  #add(path: string, inode: number): void {
    if (this.#isPolling) return;
    try {
      const { watch = watchFolder } = this.#options;
      const watcher = watch(path, this.#onEvent);
      // The folder is gone, which its parent reports, too.
      watcher.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
      this.#watched.set(path, { watcher, inode });
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException);
    }
  }

  #failed({ code, message }: NodeJS.ErrnoException): void {
    if (code === 'ENOENT' || code === 'EPERM') this.#onEvent();
    else if (code === 'ENOSPC' || code === 'EMFILE')
      this.#startPolling(`the limit of the system for watched folders is reached (${code})`);
    else this.#startPolling(message);
  }

  #startPolling(reason: string): void {
    if (this.#isPolling || this.#isOver) return;
    this.#isPolling = true;
    this.#closeAll();
    this.#options.onPoll(reason);
    const look = async () => {
      const state = await stateOf(this.#root);
      if (this.#isOver) return;
      if (this.#state !== undefined && state !== this.#state) this.#options.onChange();
      this.#state = state;
      this.#poll = setTimeout(look, POLL_MS);
    };
    void look();
  }

  #waitForReturn(): void {
    const look = async () => {
      const isBack = await stat(this.#root).then(
        (status) => status.isDirectory(),
        () => false,
      );
      if (this.#isOver) return;
      if (isBack) this.#onEvent();
      else this.#poll = setTimeout(look, RETURN_MS);
    };
    clearTimeout(this.#poll);
    this.#poll = setTimeout(look, RETURN_MS);
  }

  #closeAll(): void {
    for (const { watcher } of this.#watched.values()) watcher.close();
    this.#watched.clear();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#quiet);
    clearTimeout(this.#poll);
    this.#closeAll();
  }
}

/** A folder and those in it, with their inodes; none where it is missing. */
async function foldersBelow(root: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const visit = async (folder: string): Promise<void> => {
    const status = await stat(folder).catch(() => undefined);
    if (!status?.isDirectory() || found.size > MAX_FOLDERS) return;
    found.set(folder, status.ino);
    for (const entry of await entriesOf(folder))
      if (entry.isDirectory() && !UNWATCHED.test(entry.name)) await visit(join(folder, entry.name));
  };
  await visit(root);
  return found;
}

/** Changes with every file below a folder. */
async function stateOf(root: string): Promise<string> {
  const states: string[] = [];
  for (const folder of (await foldersBelow(root)).keys()) {
    for (const { name } of await entriesOf(folder)) {
      const status = await lstat(join(folder, name)).catch(() => undefined);
      states.push(`${folder}/${name} ${status?.mtimeMs} ${status?.size} ${status?.ino}`);
    }
  }
  return states.join('\n');
}

async function entriesOf(folder: string) {
  return readdir(folder, { withFileTypes: true }).catch(() => []); // it has just gone
}
