// One metadata pair of LittleFS → the content of its newest complete commit. Independent of folders and file contents.

import {
  checksum,
  DELETED_SIZE,
  decodeTag,
  FIRST_TAG,
  GROUP,
  groupOf,
  isCommitEnd,
  isValid,
  NO_ID,
  TAG_BYTES,
  type Tag,
  TYPE,
} from './format.js';

/** Numbers of two blocks, of which the newer one counts. */
export type Pair = readonly [number, number];

export interface MetadataEntry {
  /** TYPE.file, TYPE.folder or TYPE.superblock; `undefined` for one that has no name. */
  readonly type: number | undefined;
  readonly name: Uint8Array;
  readonly structType: number | undefined;
  readonly struct: Uint8Array;
  /** User attributes by their number, 0 to 255. */
  readonly attributes: ReadonlyMap<number, Uint8Array>;
}

export interface Metadata {
  /** By id, in the order of their names. */
  readonly entries: readonly MetadataEntry[];
  /** The next pair: of the same folder, or only the next one of the filesystem. */
  readonly tail: { readonly pair: Pair; readonly isSameFolder: boolean } | undefined;
  /** Its part of the global state, 12 bytes that are XORed over all pairs. */
  readonly globalState: Uint8Array | undefined;
  /** The newer block, which holds all this, and its revision count. */
  readonly block: number;
  readonly revision: number;
}

/**
 * Reads a pair.
 * @param blockAt the bytes of a block, `undefined` for a number that is outside the filesystem
 * @returns `undefined` if neither block has a complete commit
 */
export function readPair(
  pair: Pair,
  blockAt: (block: number) => Uint8Array | undefined,
): Metadata | undefined {
  const blocks = pair.flatMap((number) => {
    const bytes = blockAt(number);
    return bytes ? [{ number, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) }] : [];
  });
  const [first, second] = blocks;
  const isSecondNewer =
    first !== undefined &&
    second !== undefined &&
    ((second.bytes.readUInt32LE() - first.bytes.readUInt32LE()) | 0) > 0;
  for (const { number, bytes } of isSecondNewer ? [second, first] : blocks) {
    const commits = commitsOf(bytes);
    if (commits.length > 0) return { ...foldCommits(commits), block: number, revision: bytes.readUInt32LE() };
  }
  return undefined;
}

interface TagData {
  readonly tag: Tag;
  readonly data: Uint8Array;
}

/** @returns the tags of each whole commit, oldest first; what follows a damaged one does not count */
function commitsOf(block: Buffer): TagData[][] {
  const commits: TagData[][] = [];
  let commit: TagData[] = [];
  let from = 0; // the revision count belongs to the first commit
  let last = FIRST_TAG;
  for (let at = 4; at + TAG_BYTES <= block.length; ) {
    const word = (block.readUInt32BE(at) ^ last) >>> 0;
    if (!isValid(word)) break;
    const tag = decodeTag(word);
    const start = at + TAG_BYTES;
    const end = start + (tag.sizeBytes === DELETED_SIZE ? 0 : tag.sizeBytes);
    if (end > block.length) break;
    last = word;
    if (isCommitEnd(tag)) {
      if (end - start < 4 || block.readUInt32LE(start) !== checksum(block.subarray(from, start))) break;
      commits.push(commit);
      commit = [];
      from = end;
      last = (last ^ ((tag.type & 1) << 31)) >>> 0; // what the valid bit of the next tag is to be
    } else {
      commit.push({ tag, data: block.subarray(start, end) });
    }
    at = end;
  }
  return commits;
}

interface Draft {
  type: number | undefined;
  name: Uint8Array;
  structType: number | undefined;
  struct: Uint8Array;
  attributes: Map<number, Uint8Array>;
}

function foldCommits(commits: readonly TagData[][]): Omit<Metadata, 'block' | 'revision'> {
  const entries: Draft[] = [];
  let tail: Metadata['tail'];
  let globalState: Uint8Array | undefined;
  for (const { tag, data } of commits.flat()) {
    if (tag.type === TYPE.moveState) globalState = data;
    else if (groupOf(tag) === GROUP.tail) tail = tailOf(tag, data);
    else if (tag.id !== NO_ID) applyToEntry(entries, tag, data);
  }
  return { entries, tail, globalState };
}

function applyToEntry(entries: Draft[], tag: Tag, data: Uint8Array): void {
  if (groupOf(tag) === GROUP.splice) {
    if (tag.type === TYPE.create) entries.splice(tag.id, 0, blankEntry());
    else if (tag.type === TYPE.delete) entries.splice(tag.id, 1);
    return;
  }
  while (entries.length <= tag.id) entries.push(blankEntry());
  const entry = entries[tag.id];
  if (!entry) return;
  if (groupOf(tag) === GROUP.name) Object.assign(entry, { type: tag.type, name: data });
  else if (groupOf(tag) === GROUP.struct) Object.assign(entry, { structType: tag.type, struct: data });
  else if (groupOf(tag) === GROUP.attribute) {
    if (tag.sizeBytes === DELETED_SIZE) entry.attributes.delete(tag.type & 0xff);
    else entry.attributes.set(tag.type & 0xff, data);
  }
}

function blankEntry(): Draft {
  const nothing = new Uint8Array();
  return { type: undefined, name: nothing, structType: undefined, struct: nothing, attributes: new Map() };
}

function tailOf(tag: Tag, data: Uint8Array): Metadata['tail'] {
  const pair = pairIn(data);
  return pair && { pair, isSameFolder: (tag.type & 1) === 1 };
}

/** @returns `undefined` for a null pointer and for what is too short to be a pair */
export function pairIn(data: Uint8Array): Pair | undefined {
  if (data.length < 8) return undefined;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  const pair: Pair = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
  return pair.includes(0xffff_ffff) ? undefined : pair;
}
