// Files → a new LittleFS image, the same bytes for the same files. Pure. What it writes is what the library writes when
// it compacts: each pair of blocks holds one commit, at most half full, so that the board has room for its own changes.

import { BlockAllocator } from './block-allocator.js';
import { commitOf, littleEndian, type TagBytes } from './commit.js';
import { DISK_VERSION, GROUP, MAGIC, MODIFIED_ATTRIBUTE, NO_ID, TAG_BYTES, TYPE } from './format.js';
import type { Pair } from './metadata.js';

export interface NewFile {
  /** From the root, with slashes, without one in front. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Nanoseconds since 1970, as MicroPython stores them; without one, or 0, the file has no time. */
  readonly modifiedNs?: bigint | undefined;
}

export interface Layout {
  /** Of the filesystem; the board's firmware accepts no other number. */
  readonly blockCount: number;
  readonly blockBytes?: number;
  /** Empty folders to make; those that files lie in are made anyway. */
  readonly folders?: readonly string[];
}

/** Why files do not become an image. */
export class LayoutError extends Error {
  override readonly name = 'LayoutError';
  readonly kind: 'no-space' | 'name';
  /** For `no-space`: of the whole filesystem, at least. */
  readonly neededBlocks: number | undefined;

  constructor(kind: LayoutError['kind'], message: string, neededBlocks?: number) {
    super(message);
    this.kind = kind;
    this.neededBlocks = neededBlocks;
  }
}

/** MicroPython's cache (extmod/vfs_lfs.c): larger files do not fit into it, and so not into the metadata. */
export const LARGEST_INLINE_BYTES = 128;
export const NAME_MAX_BYTES = 255;
const FILE_MAX_BYTES = 0x7fff_ffff;
const ATTRIBUTE_MAX_BYTES = 1022;
const TIME_BYTES = 8;
/** The library splits a folder before it has more entries in one pair (lfs_dir_splittingcompact). */
const MAX_ENTRIES = 0xff - 1;

interface Folder {
  readonly folders: Map<string, Folder>;
  readonly files: Map<string, NewFile>;
}

/** One pair of blocks to be. */
interface DraftPair {
  readonly pair: Pair;
  /** Tags with their data, less the tail. */
  readonly entries: readonly TagBytes[];
  readonly isFolderEnd: boolean;
}

/**
 * Makes an image, cut behind its last used block; the rest of the filesystem is to be erased (0xff).
 * @throws LayoutError `no-space` with the number of blocks needed; `name` for an invalid or repeated path
 */
export function writeLittleFs(files: readonly NewFile[], layout: Layout): Uint8Array {
  const { blockCount, blockBytes = 4096 } = layout;
  const blocks = new BlockAllocator(blockBytes);
  const drafts = draftFolder(treeOf(files, layout.folders ?? []), blocks, {
    blockBytes,
    superblock: superblock(blockBytes, blockCount),
  });
  if (blocks.count > blockCount) {
    throw new LayoutError(
      'no-space',
      `The files need ${blocks.count} blocks of ${blockBytes} bytes; the filesystem has ${blockCount}.`,
      blocks.count,
    );
  }
  const image = blocks.image();
  for (const [index, draft] of drafts.entries()) {
    const next = drafts[index + 1];
    const tail = next && tailTo(next.pair, draft.isFolderEnd ? TYPE.softTail : TYPE.hardTail);
    image.set(commitOf([...draft.entries, ...(tail ? [tail] : [])], 1), draft.pair[0] * blockBytes);
  }
  return image;
}

function treeOf(files: readonly NewFile[], folders: readonly string[]): Folder {
  const root: Folder = { folders: new Map(), files: new Map() };
  const folderAt = (names: readonly string[], path: string): Folder =>
    names.reduce((folder, name) => {
      checkName(name, path);
      if (folder.files.has(name)) throw new LayoutError('name', `${path}: ${name} is a file.`);
      const inside = folder.folders.get(name) ?? { folders: new Map(), files: new Map() };
      folder.folders.set(name, inside);
      return inside;
    }, root);
  for (const path of folders) folderAt(path.split('/'), path);
  for (const file of files) {
    const { path, bytes } = file;
    const names = path.split('/');
    const name = names.pop() ?? '';
    const folder = folderAt(names, path);
    checkName(name, path);
    if (folder.files.has(name) || folder.folders.has(name))
      throw new LayoutError('name', `${path} occurs twice.`);
    if (bytes.length > FILE_MAX_BYTES) throw new LayoutError('no-space', `${path} is too large for a file.`);
    folder.files.set(name, file);
  }
  return root;
}

function checkName(name: string, path: string): void {
  const sizeBytes = Buffer.byteLength(name);
  if (sizeBytes > 0 && sizeBytes <= NAME_MAX_BYTES && name !== '.' && name !== '..' && !name.includes('\0'))
    return;
  throw new LayoutError('name', `${path}: a name has 1 to ${NAME_MAX_BYTES} bytes, and is neither . nor ...`);
}

/**
 * Drafts a folder's pairs, then those of the folders in it: each pair's tail leads to the next one of the whole
 * filesystem.
 * @returns its own pairs, then those of its subfolders
 */
function draftFolder(
  { folders, files }: Folder,
  blocks: BlockAllocator,
  { blockBytes, superblock = [] }: { blockBytes: number; superblock?: readonly TagBytes[] },
): DraftPair[] {
  const names = [...folders.keys(), ...files.keys()].map((name) => Buffer.from(name)).sort(compareNames);
  const chunks = chunksOf(names, (name) => files.get(name.toString()), superblock, blockBytes);
  const pairs = chunks.map(() => blocks.pair());
  // Where the subfolders are is known only once this folder's own pairs have their numbers.
  const inside = new Map<string, DraftPair[]>();
  for (const name of names) {
    const folder = folders.get(name.toString());
    if (folder) inside.set(name.toString(), draftFolder(folder, blocks, { blockBytes }));
  }
  const own = chunks.map((chunk, index): DraftPair => {
    const firstId = index === 0 && superblock.length > 0 ? 1 : 0;
    const entries = chunk.flatMap((name, at) => {
      const pair = inside.get(name.toString())?.[0]?.pair;
      const file = files.get(name.toString());
      const struct = pair ?? structOf(file?.bytes ?? new Uint8Array(), blocks);
      return [...entryOf(name, firstId + at, struct), ...timeOf(file, firstId + at)];
    });
    return {
      pair: pairs[index] ?? [0, 1],
      entries: index === 0 ? [...superblock, ...entries] : entries,
      isFolderEnd: index === chunks.length - 1,
    };
  });
  return [...own, ...[...inside.values()].flat()];
}

/**
 * The library's order (lfs_dir_find_match): by bytes, but a name comes after all that begin with it. A name out of
 * order is listed and cannot be opened.
 */
export function compareNames(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  return Buffer.compare(a.subarray(0, common), b.subarray(0, common)) || b.length - a.length;
}

/** Names by their metadata pairs: half a block each, as the library leaves it after a compaction. */
function chunksOf(
  names: readonly Buffer[],
  fileOf: (name: Buffer) => NewFile | undefined,
  superblock: readonly TagBytes[],
  blockBytes: number,
): Buffer[][] {
  const chunks: Buffer[][] = [[]];
  let used = superblock.reduce((sum, { data }) => sum + TAG_BYTES + data.length, 0);
  for (const name of names) {
    const size = 2 * TAG_BYTES + name.length + structBytes(fileOf(name));
    const chunk = chunks.at(-1) ?? [];
    if (chunk.length > 0 && (used + size > blockBytes / 2 || chunk.length >= MAX_ENTRIES)) {
      chunks.push([name]);
      used = size;
    } else {
      chunk.push(name);
      used += size;
    }
  }
  return chunks;
}

/** With the time behind it. */
function structBytes(file: NewFile | undefined): number {
  const isInline = file !== undefined && file.bytes.length <= LARGEST_INLINE_BYTES;
  return (isInline ? file.bytes.length : 8) + (file?.modifiedNs ? TAG_BYTES + TIME_BYTES : 0);
}

function timeOf(file: NewFile | undefined, id: number): TagBytes[] {
  if (!file?.modifiedNs) return [];
  const data = Buffer.alloc(TIME_BYTES);
  data.writeBigUInt64LE(file.modifiedNs);
  return [{ tag: { type: GROUP.attribute | MODIFIED_ATTRIBUTE, id, sizeBytes: TIME_BYTES }, data }];
}

type Struct = { readonly type: number; readonly data: Uint8Array };

function structOf(content: Uint8Array, blocks: BlockAllocator): Struct {
  if (content.length <= LARGEST_INLINE_BYTES) return { type: TYPE.inline, data: content };
  return { type: TYPE.skipList, data: littleEndian(blocks.file(content), content.length) };
}

function entryOf(name: Buffer, id: number, content: Pair | Struct): TagBytes[] {
  const isFolder = 'length' in content;
  const struct = isFolder ? { type: TYPE.folderPair, data: littleEndian(...content) } : content;
  return [
    { tag: { type: isFolder ? TYPE.folder : TYPE.file, id, sizeBytes: name.length }, data: name },
    { tag: { type: struct.type, id, sizeBytes: struct.data.length }, data: struct.data },
  ];
}

function superblock(blockBytes: number, blockCount: number): TagBytes[] {
  const data = littleEndian(
    DISK_VERSION,
    blockBytes,
    blockCount,
    NAME_MAX_BYTES,
    FILE_MAX_BYTES,
    ATTRIBUTE_MAX_BYTES,
  );
  return [
    { tag: { type: TYPE.superblock, id: 0, sizeBytes: MAGIC.length }, data: MAGIC },
    { tag: { type: TYPE.inline, id: 0, sizeBytes: data.length }, data },
  ];
}

function tailTo(pair: Pair, type: number): TagBytes {
  return { tag: { type, id: NO_ID, sizeBytes: 8 }, data: littleEndian(...pair) };
}
