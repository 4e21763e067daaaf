// A LittleFS image → what a mount shows. Pure: bytes in, entries out. Damage is reported, never followed: every pointer
// is checked, and no block is visited twice.

import { isUtf8 } from 'node:buffer';
import { MAGIC, MODIFIED_ATTRIBUTE, pointersIn, skipListBlocks, TYPE } from './format.js';
import { type Metadata, type MetadataEntry, type Pair, pairIn, readPair } from './metadata.js';

/** Why an image, or a part of it, cannot be read. */
export class FilesystemError extends Error {
  override readonly name = 'FilesystemError';
  /** `erased`, `other-size`: see location.ts. */
  readonly kind: 'fat' | 'not-littlefs' | 'unsupported-version' | 'damaged' | 'erased' | 'other-size';

  constructor(kind: FilesystemError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export interface FileEntry {
  readonly kind: 'file';
  /** From the root, with slashes, without one in front; bytes of a name that is not UTF-8 as `\xe9`. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Nanoseconds since 1970, where MicroPython has stored them. */
  readonly modifiedNs: bigint | undefined;
  /** @throws FilesystemError `damaged` */
  read(): Uint8Array;
}

export interface FolderEntry {
  readonly kind: 'folder';
  readonly path: string;
}

export interface LittleFs {
  readonly blockBytes: number;
  /** Of the whole filesystem, also if the image is shorter. */
  readonly blockCount: number;
  /** Files and folders, each folder before what is in it. */
  readonly entries: readonly (FileEntry | FolderEntry)[];
  /** Folders that could not be read to their end. */
  readonly damagedFolders: readonly string[];
}

interface Superblock {
  readonly blockBytes: number;
  readonly blockCount: number;
}

/** The image by blocks. */
export interface Blocks {
  readonly imageBytes: number;
  /** @returns `undefined` for a number that is outside the image */
  at(block: number): Uint8Array | undefined;
}

/** The superblock's pair; every release of the library puts it there. */
const FIRST_PAIR: Pair = [0, 1];
/** Larger images than any flash of these chips are not followed. */
const MAX_DEPTH = 100;

/**
 * Reads a filesystem. The image may be cut behind its last used block; of `Blocks`, only those are asked for that are
 * needed.
 * @param blockBytes size of a block, as the board's firmware has it
 * @throws FilesystemError
 */
export function readLittleFs(image: Uint8Array | Blocks, blockBytes = 4096): LittleFs {
  const blocks = image instanceof Uint8Array ? blocksOf(image, blockBytes) : image;
  const { root, superblock, moved } = mount(blocks, blockBytes);
  const entries: (FileEntry | FolderEntry)[] = [];
  const damagedFolders: string[] = [];
  const visited = new Set<number>();
  const list = (first: Pair, path: string, depth: number): void => {
    for (let pair: Pair | undefined = first; pair; ) {
      const metadata: Metadata | undefined = visited.has(Math.min(...pair))
        ? undefined
        : readPair(pair, blocks.at);
      visited.add(Math.min(...pair));
      if (!metadata || depth > MAX_DEPTH) {
        damagedFolders.push(path);
        return;
      }
      for (const [id, entry] of metadata.entries.entries()) {
        if (moved && moved.id === id && isSamePair(moved.pair, pair)) continue; // it has another place already
        const child = path === '' ? nameOf(entry) : `${path}/${nameOf(entry)}`;
        if (entry.type === TYPE.file) entries.push(fileOf(entry, child, superblock, blocks));
        if (entry.type !== TYPE.folder) continue;
        entries.push({ kind: 'folder', path: child });
        const inside = pairIn(entry.struct);
        if (inside) list(inside, child, depth + 1);
        else damagedFolders.push(child);
      }
      pair = metadata.tail?.isSameFolder ? metadata.tail.pair : undefined;
    }
  };
  list(root, '', 0);
  return { ...superblock, entries, damagedFolders };
}

export function blocksOf(image: Uint8Array, blockBytes: number): Blocks {
  return {
    imageBytes: image.length,
    at: (block) =>
      (block + 1) * blockBytes <= image.length
        ? image.subarray(block * blockBytes, (block + 1) * blockBytes)
        : undefined,
  };
}

/**
 * Reads the superblock alone, of an image's first two blocks.
 * @throws FilesystemError
 */
export function readSuperblock(pair: Uint8Array, blockBytes = 4096): Superblock {
  const blocks = blocksOf(pair, blockBytes);
  const entry = readPair(FIRST_PAIR, blocks.at)?.entries[0];
  if (entry?.type !== TYPE.superblock || !MAGIC.equals(entry.name)) throw notLittleFs(blocks);
  return superblockIn(entry.struct, blockBytes);
}

export interface Mounted {
  readonly root: Pair;
  readonly superblock: Superblock;
  /** The place of a file that was being moved when the power failed: it counts at its new place only. */
  readonly moved: { readonly id: number; readonly pair: Pair } | undefined;
  /** All pairs of blocks, in the order in which they are linked. */
  readonly pairs: readonly Pair[];
  /** The XOR of the parts in all pairs. */
  readonly globalState: Uint8Array;
}

/** Follows the list of all pairs: the last one with a superblock is the root, the global state is the XOR of all. */
export function mount(blocks: Blocks, blockBytes: number): Mounted {
  let root: Pair | undefined;
  let superblock: Superblock | undefined;
  const globalState = Buffer.alloc(12);
  const visited = new Set<number>();
  const pairs: Pair[] = [];
  for (let pair: Pair | undefined = FIRST_PAIR; pair; ) {
    pairs.push(pair);
    if (visited.has(Math.min(...pair))) throw damaged('its list of folders is a loop');
    visited.add(Math.min(...pair));
    const metadata: Metadata | undefined = readPair(pair, blocks.at);
    if (!metadata) {
      if (pair === FIRST_PAIR) throw notLittleFs(blocks);
      throw damaged(`neither block ${pair[0]} nor block ${pair[1]} has a complete commit`);
    }
    const entry = metadata.entries[0];
    if (entry?.type === TYPE.superblock && MAGIC.equals(entry.name)) {
      root = pair;
      superblock = superblockIn(entry.struct, blockBytes);
    }
    for (const [at, byte] of (metadata.globalState ?? []).entries()) {
      if (at < globalState.length) globalState[at] = (globalState[at] ?? 0) ^ byte;
    }
    pair = metadata.tail?.pair;
  }
  if (!root || !superblock) throw notLittleFs(blocks);
  return { root, superblock, moved: moveIn(globalState), pairs, globalState };
}

/** A FAT volume ends its first sector with 55 aa; MicroPython 1.12 makes one on the ESP8266. */
function notLittleFs({ at }: Blocks): FilesystemError {
  const hasMagic = FIRST_PAIR.some((block) => at(block) && MAGIC.equals(at(block)?.subarray(8, 16) ?? MAGIC));
  if (hasMagic) return damaged('its superblock has no complete commit');
  const first = at(0);
  return first?.[510] === 0x55 && first[511] === 0xaa
    ? new FilesystemError('fat', 'This is a FAT filesystem (MicroPython before 1.13), not LittleFS.')
    : new FilesystemError('not-littlefs', 'There is no LittleFS superblock.');
}

function superblockIn(struct: Uint8Array, blockBytes: number): Superblock {
  if (struct.length < 24) throw damaged('its superblock is too short');
  const bytes = Buffer.from(struct.buffer, struct.byteOffset, struct.length);
  const [version, size, blockCount] = [0, 4, 8].map((at) => bytes.readUInt32LE(at));
  if (version === undefined || version >>> 16 !== 2) {
    throw new FilesystemError(
      'unsupported-version',
      `LittleFS version ${(version ?? 0) >>> 16} is not supported.`,
    );
  }
  if (size !== blockBytes || !blockCount) {
    throw damaged(`its superblock names ${blockCount} blocks of ${size} bytes, not of ${blockBytes}`);
  }
  return { blockBytes, blockCount };
}

function moveIn(globalState: Buffer): Mounted['moved'] {
  const tag = globalState.readUInt32LE();
  const pair = pairIn(globalState.subarray(4));
  return ((tag >>> 20) & 0x700) !== 0 && pair ? { id: (tag >>> 10) & 0x3ff, pair } : undefined;
}

export function isSamePair(a: Pair, b: Pair): boolean {
  return a.every((block) => b.includes(block));
}

export function nameOf({ name }: MetadataEntry): string {
  if (isUtf8(name)) return Buffer.from(name).toString();
  return Array.from(name, (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  ).join('');
}

function fileOf(
  { structType, struct, attributes }: MetadataEntry,
  path: string,
  superblock: Superblock,
  blocks: Blocks,
): FileEntry {
  const time = attributes.get(MODIFIED_ATTRIBUTE);
  const modifiedNs = time?.length === 8 ? Buffer.from(time).readBigUInt64LE() : undefined;
  const common = { kind: 'file', path, modifiedNs } as const;
  if (structType === TYPE.skipList && struct.length >= 8) {
    const bytes = Buffer.from(struct.buffer, struct.byteOffset, struct.length);
    const [head, sizeBytes] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
    return { ...common, sizeBytes, read: () => readSkipList(head, sizeBytes, path, superblock, blocks) };
  }
  // A file that was created and never written has no structure yet, and is empty.
  const content = structType === TYPE.inline ? struct : new Uint8Array();
  return { ...common, sizeBytes: content.length, read: () => Uint8Array.from(content) };
}

/** The list leads from the last block to the first. */
function readSkipList(
  head: number,
  sizeBytes: number,
  path: string,
  { blockBytes, blockCount }: Superblock,
  { imageBytes, at }: Blocks,
): Uint8Array {
  if (sizeBytes > imageBytes) throw damaged(`${path} is larger than the image`);
  if (sizeBytes === 0) return new Uint8Array();
  const content = new Uint8Array(sizeBytes);
  const count = skipListBlocks(sizeBytes, blockBytes);
  let end = sizeBytes;
  for (let index = count - 1, block = head; index >= 0; index--) {
    const bytes = block < blockCount ? at(block) : undefined;
    if (!bytes) throw damaged(`${path} has a block ${block} that is outside the filesystem`);
    const start =
      end - (index === count - 1 ? sizeBytes - bytesBefore(index, blockBytes) : dataBytes(index, blockBytes));
    const offset = 4 * pointersIn(index);
    content.set(bytes.subarray(offset, offset + end - start), start);
    end = start;
    if (index > 0) block = Buffer.from(bytes.buffer, bytes.byteOffset, 4).readUInt32LE();
  }
  return content;
}

function dataBytes(index: number, blockBytes: number): number {
  return blockBytes - 4 * pointersIn(index);
}

/** Bytes of a file in the blocks before this one. */
function bytesBefore(index: number, blockBytes: number): number {
  let sum = 0;
  for (let earlier = 0; earlier < index; earlier++) sum += dataBytes(earlier, blockBytes);
  return sum;
}

export function damaged(what: string): FilesystemError {
  return new FilesystemError('damaged', `The filesystem is damaged: ${what}.`);
}
