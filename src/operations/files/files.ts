// files: lists, reads, writes and removes files on a board.

import { basename, resolve } from 'node:path';
import { PortalError, withBoardState } from '../../errors.js';
import { refuseSpecialFile } from '../../input/write-whole-file.js';
import type { Port } from '../../port/port.js';
import { STAGING_FOLDER } from '../../portal/commit-program.js';
import { bytesEvent, type OnProgress } from '../../progress.js';
import type { BoardFiles, FilesOptions, ListedEntry, NewBoardFile } from './board-files.js';
import { boardPath, isInside, requireEntry, requireFile } from './board-path.js';
import { withFlashFiles } from './flash-files.js';
import {
  isLocalFolder,
  isSafeName,
  localName,
  makeFolderBelow,
  readLocalFile,
  readLocalFolder,
  writeBelow,
} from './local-files.js';
import { withReplFiles } from './repl-files.js';

function withFiles<T>(
  port: Port,
  options: FilesOptions,
  work: (files: BoardFiles) => Promise<T>,
): Promise<T> {
  return options.fromFlash ? withFlashFiles(port, options, work) : withReplFiles(port, options, work);
}

/** @returns what is in the folder, at any depth, or the one file */
export async function listFiles(
  port: Port,
  path: string,
  options: FilesOptions = {},
): Promise<ListedEntry[]> {
  const wanted = boardPath(path);
  return withFiles(port, options, async (files) => {
    const entries = await listAll(files, options);
    const { kind } = requireEntry(entries, wanted);
    return entries.filter((entry) =>
      kind === 'file' ? entry.path === wanted : isInside(entry.path, wanted),
    );
  });
}

/** @throws PortalError `usage` for a folder, `board-no-file` */
export async function readFile(port: Port, path: string, options: FilesOptions = {}): Promise<Uint8Array> {
  const wanted = boardPath(path);
  return withFiles(port, options, async (files) => {
    return readOne(files, requireFile(await listAll(files, options), wanted), options);
  });
}

export interface GetResult {
  /** Where the files are now. */
  readonly to: string;
  readonly files: readonly string[];
  readonly bytes: number;
  /** Files of the board whose names this computer cannot have. */
  readonly skipped: readonly string[];
}

export interface GetRequest {
  readonly path: string;
  /** The file, or the folder for the files; by default the name that it has on the board. */
  readonly to: string | undefined;
  readonly recursive: boolean;
  /** All files are readable by this user only; those of the portal always are, passwords are in them. */
  readonly isPrivate?: boolean | undefined;
}

/**
 * Copies a file, or with `recursive` a folder, from the board.
 * @throws PortalError `usage`, `board-no-file`, `output-failed`
 */
export async function getFiles(
  port: Port,
  { path, to, recursive, isPrivate = false }: GetRequest,
  options: FilesOptions = {},
): Promise<GetResult> {
  const wanted = boardPath(path);
  if (wanted === '' && recursive && to === undefined)
    throw new PortalError(
      'usage',
      'Give a folder for the files of the whole board: esp-portal files get --recursive / FOLDER',
    );
  return withFiles(port, options, async (files) => {
    const entries = await listAll(files, options);
    const { kind } = requireEntry(entries, wanted);
    if (kind === 'folder' && recursive)
      return getFolder(files, entries, { wanted, to: to ?? localName(wanted), isPrivate }, options);
    const entry = requireFile(entries, wanted);
    const isIntoFolder = to !== undefined && (await isLocalFolder(to));
    const place = resolve(isIntoFolder ? `${to}/${localName(wanted)}` : (to ?? localName(wanted)));
    await refuseSpecialFile(place);
    const bytes = await readOne(files, entry, options);
    await writeBelow(resolve(place, '..'), basename(place), bytes, isPrivate || entry.isPortal);
    return { to: place, files: [wanted], bytes: bytes.length, skipped: [] };
  });
}

async function getFolder(
  files: BoardFiles,
  entries: readonly ListedEntry[],
  { wanted, to, isPrivate }: { wanted: string; to: string; isPrivate: boolean },
  options: FilesOptions,
): Promise<GetResult> {
  const below = (path: string) => (wanted === '' ? path : path.slice(wanted.length + 1));
  const inside = entries.filter(({ path }) => isInside(path, wanted));
  const isUsable = ({ path }: ListedEntry) => below(path).split('/').every(isSafeName);
  const usable = inside.filter(isUsable);
  const folder = resolve(to);
  await makeFolderBelow(folder, '');
  for (const { kind, path } of usable) if (kind === 'folder') await makeFolderBelow(folder, below(path));
  const wantedFiles = usable.filter(({ kind }) => kind === 'file');
  let count = 0;
  let totalBytes = 0;
  try {
    await readAll(files, wantedFiles, options, async (entry, bytes) => {
      await writeBelow(folder, below(entry.path), bytes, isPrivate || entry.isPortal);
      count += 1;
      totalBytes += bytes.length;
    });
  } catch (error) {
    throw withBoardState(error, `${count} of ${wantedFiles.length} files are in ${folder}.`);
  }
  return {
    to: folder,
    files: wantedFiles.map(({ path }) => path),
    bytes: totalBytes,
    skipped: inside.filter((entry) => !isUsable(entry)).map(({ path }) => path),
  };
}

export interface PutResult {
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * Copies a file, or with `recursive` the files in a folder, to the board: all of them or none.
 * @param path on the board: the file, or the folder for it; with `recursive` the folder for the files
 * @throws PortalError `usage`, `board-no-space`, `transfer-failed`, `board-…`
 */
export async function putFiles(
  port: Port,
  { from, path, recursive }: { from: string; path: string | undefined; recursive: boolean },
  options: FilesOptions = {},
): Promise<PutResult> {
  const isFolder = await isLocalFolder(from);
  if (isFolder && !recursive)
    throw new PortalError('usage', `${from} is a folder: add --recursive to put the files in it.`);
  const given = boardPath(path ?? (isFolder ? '' : basename(from)));
  const content = isFolder ? await readLocalFolder(from, given) : await readLocalFile(from);
  return withFiles(port, options, async (files) => {
    const entries = await listAll(files, options);
    const target = (): string => {
      const isIntoFolder =
        path?.endsWith('/') ||
        given === '' ||
        entries.some((entry) => entry.path === given && entry.kind === 'folder');
      return isIntoFolder ? boardPath(`${given}/${basename(from)}`) : given;
    };
    const written: readonly NewBoardFile[] = Array.isArray(content)
      ? content
      : [{ path: target(), bytes: content as Uint8Array }];
    for (const file of written) checkTarget(file.path, entries);
    if (written.length > 0) await files.write(written);
    return {
      files: written.map((file) => file.path),
      bytes: written.reduce((sum, { bytes }) => sum + bytes.length, 0),
    };
  });
}

/** @throws PortalError `usage` where a folder has the name of the file, or a file that of its folder */
function checkTarget(path: string, entries: readonly ListedEntry[]): void {
  if (isInside(`${path}/`, STAGING_FOLDER))
    throw new PortalError(
      'usage',
      `${path}: ${STAGING_FOLDER} is used by esp-portal while it uploads. Use another name.`,
    );
  const obstacle = entries.find(
    (entry) =>
      (entry.path === path && entry.kind === 'folder') ||
      (entry.kind === 'file' && isInside(path, entry.path)),
  );
  if (obstacle)
    throw new PortalError(
      'usage',
      `${path}: ${obstacle.path} is a ${obstacle.kind} on the board. Remove it first: esp-portal files rm ${obstacle.path}`,
    );
}

/**
 * Removes a file, or with `recursive` a folder and all in it.
 * @returns what was removed
 * @throws PortalError `usage`, `board-no-file`
 */
export async function removeFiles(
  port: Port,
  { path, recursive }: { path: string; recursive: boolean },
  options: FilesOptions = {},
): Promise<string[]> {
  const wanted = boardPath(path);
  if (wanted === '')
    throw new PortalError('usage', 'To remove all files, erase the flash: esp-portal flash --erase');
  return withFiles(port, options, async (files) => {
    const entries = await listAll(files, options);
    const entry = recursive ? requireEntry(entries, wanted) : requireFile(entries, wanted);
    const gone = [entry, ...entries.filter((other) => isInside(other.path, wanted))];
    const paths = (kind: 'file' | 'folder') => gone.filter((one) => one.kind === kind).map((one) => one.path);
    await files.remove(paths('file'), paths('folder').reverse());
    return gone.map((one) => one.path);
  });
}

async function listAll(files: BoardFiles, { onProgress }: FilesOptions): Promise<ListedEntry[]> {
  onProgress?.({ event: 'step', step: 'list-files' });
  return files.list();
}

async function readOne(files: BoardFiles, entry: ListedEntry, options: FilesOptions): Promise<Uint8Array> {
  let content = new Uint8Array();
  await readAll(files, [entry], options, async (_, bytes) => {
    content = new Uint8Array(bytes);
  });
  return content;
}

/** Reads files one after the other, with one progress for all, and keeps none of them. */
async function readAll(
  files: BoardFiles,
  entries: readonly ListedEntry[],
  { onProgress = () => {} }: { onProgress?: OnProgress | undefined },
  onFile: (entry: ListedEntry, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  onProgress({ event: 'step', step: 'read-files' });
  const totalBytes = entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const startedAt = performance.now();
  let before = 0;
  for (const entry of entries) {
    const bytes = await files.read(entry, (done) => {
      const elapsedMs = performance.now() - startedAt;
      onProgress(bytesEvent({ step: 'read-files', doneBytes: before + done, totalBytes, elapsedMs }));
    });
    await onFile(entry, bytes);
    before += entry.sizeBytes;
  }
}
