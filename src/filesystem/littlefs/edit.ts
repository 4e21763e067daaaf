// A change to one file of a LittleFS image → the blocks to write, in an order in which each cut leaves the old state or
// the new one: first what nothing refers to yet, last one block of a metadata pair, the older one, with a higher revision.
// Pure.

import { commitOf, littleEndian, type TagBytes } from './commit.js';
import { GROUP, NO_ID, pointersIn, skipListBlocks, TAG_BYTES, TYPE } from './format.js';
import { type Metadata, type MetadataEntry, type Pair, pairIn, readPair } from './metadata.js';
import { type Blocks, damaged, isSamePair, type Mounted, mount, nameOf } from './reader.js';
import { compareNames, LARGEST_INLINE_BYTES, LayoutError, NAME_MAX_BYTES } from './writer.js';

export type Change =
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Uint8Array };

/** A block to be erased and then written, all of it. */
export interface BlockWrite {
  readonly block: number;
  readonly bytes: Uint8Array;
}

/** Left free, so that the board can go on: a folder that grows needs a pair. */
const RESERVE_BLOCKS = 2;
/** In a block of metadata: for a tail, a checksum and the padding. */
const COMMIT_REST_BYTES = 64;
/** Type and id of a moved file in the first word of the global state; what else is in it stays. */
const MOVE_BITS = 0x7fff_fc00;

/**
 * @param blocks of a filesystem that `checkFilesystem` accepts
 * @throws FilesystemError `damaged`; LayoutError `no-space`, or `name` for a path that is missing or cannot be written
 */
export function editLittleFs(blocks: Blocks, change: Change, blockBytes = 4096): BlockWrite[] {
  return new Editor(blocks, blockBytes).edit(change);
}

interface Place {
  readonly pair: Pair;
  readonly metadata: Metadata;
}

class Editor {
  readonly #blocks: Blocks;
  readonly #blockBytes: number;
  readonly #mounted: Mounted;

  constructor(blocks: Blocks, blockBytes: number) {
    this.#blocks = blocks;
    this.#blockBytes = blockBytes;
    this.#mounted = mount(blocks, blockBytes);
  }

  edit(change: Change): BlockWrite[] {
    const names = change.path.split('/');
    const name = names.pop() ?? '';
    const folder = this.#folder(names, change.path);
    const found = this.#find(folder, name);
    const entry = found?.place.metadata.entries[found.id];
    if (entry && entry.type !== TYPE.file) throw new LayoutError('name', `${change.path} is a folder.`);
    if (change.kind === 'remove') {
      if (!found) throw new LayoutError('name', `There is no file ${change.path}.`);
      return [
        this.#rewrite(
          found.place,
          this.#living(found.place).filter((other) => other !== entry),
        ),
      ];
    }
    const bytes = Buffer.from(name);
    if (bytes.length === 0 || bytes.length > NAME_MAX_BYTES)
      throw new LayoutError('name', `${change.path}: a name has 1 to ${NAME_MAX_BYTES} bytes.`);
    const free = this.#freeBlocks(change.bytes.length);
    const { writes, struct } = this.#content(change.bytes, free);
    const fresh: MetadataEntry = { type: TYPE.file, name: bytes, attributes: new Map(), ...struct };
    return [...writes, ...this.#put(folder, fresh, found, free)];
  }

  /** The pairs of a folder. */
  #folder(names: readonly string[], path: string): Place[] {
    let places = this.#places(this.#mounted.root);
    for (const name of names) {
      const found = this.#find(places, name);
      const entry = found?.place.metadata.entries[found.id];
      const pair = entry?.type === TYPE.folder ? pairIn(entry.struct) : undefined;
      if (!pair) throw new LayoutError('name', `${path}: there is no folder ${name}.`);
      places = this.#places(pair);
    }
    return places;
  }

  #places(first: Pair): Place[] {
    const places: Place[] = [];
    for (let pair: Pair | undefined = first; pair; ) {
      const metadata: Metadata | undefined = readPair(pair, this.#blocks.at);
      const isLoop = places.some((place) => isSamePair(place.pair, pair ?? first));
      if (!metadata || isLoop) throw damaged(`a folder cannot be read at block ${pair[0]}`);
      places.push({ pair, metadata });
      pair = metadata.tail?.isSameFolder ? metadata.tail.pair : undefined;
    }
    return places;
  }

  #find(places: readonly Place[], name: string): { place: Place; id: number } | undefined {
    for (const place of places) {
      const id = place.metadata.entries.findIndex(
        (entry, index) => isNamed(entry) && nameOf(entry) === name && !this.#isMoved(place.pair, index),
      );
      if (id >= 0) return { place, id };
    }
    return undefined;
  }

  #isMoved(pair: Pair, id: number): boolean {
    const { moved } = this.#mounted;
    return moved !== undefined && moved.id === id && isSamePair(moved.pair, pair);
  }

  /** Without a file that has its other place already: with the pair that it leaves, its move is done. */
  #living({ pair, metadata }: Place): MetadataEntry[] {
    return metadata.entries.filter((_, id) => !this.#isMoved(pair, id));
  }

  /** Puts an entry where its name belongs. */
  #put(
    folder: readonly Place[],
    fresh: MetadataEntry,
    found: { place: Place; id: number } | undefined,
    free: number[],
  ): BlockWrite[] {
    const isAfter = (entry: MetadataEntry) => isNamed(entry) && compareNames(entry.name, fresh.name) > 0;
    const place =
      found?.place ?? folder.find(({ metadata }) => metadata.entries.some(isAfter)) ?? folder.at(-1);
    if (!place) throw damaged('a folder has no blocks');
    const replaced = found && place.metadata.entries[found.id];
    const entries = this.#living(place);
    const at = replaced ? entries.indexOf(replaced) : entries.findIndex(isAfter);
    entries.splice(at < 0 ? entries.length : at, replaced ? 1 : 0, fresh);
    if (this.#fits(entries)) return [this.#rewrite(place, entries)];
    return this.#split(place, entries, free);
  }

  #fits(entries: readonly MetadataEntry[]): boolean {
    const bytes = entries.flatMap(tagsOf).reduce((sum, { data }) => sum + TAG_BYTES + data.length, 0);
    return bytes + COMMIT_REST_BYTES <= this.#blockBytes;
  }

  /** The second half goes into a new pair, of which nothing is known until the old one refers to it. */
  #split(place: Place, entries: readonly MetadataEntry[], free: number[]): BlockWrite[] {
    const half = Math.ceil(entries.length / 2);
    const [older, newer] = [this.#take(free), this.#take(free)];
    const { tail } = place.metadata;
    return [
      { block: older, bytes: Buffer.alloc(this.#blockBytes, 0xff) },
      { block: newer, bytes: this.#block([...numbered(entries.slice(half)), ...tailOf(tail)], 1) },
      this.#rewrite(place, entries.slice(0, half), { pair: [newer, older], isSameFolder: true }),
    ];
  }

  #rewrite(
    { pair, metadata }: Place,
    entries: readonly MetadataEntry[],
    tail: Metadata['tail'] = metadata.tail,
  ): BlockWrite {
    const state = this.#stateOf(pair, metadata.globalState);
    const tags = [...numbered(entries), ...tailOf(tail), ...(state ? [state] : [])];
    const older = pair[0] === metadata.block ? pair[1] : pair[0];
    return { block: older, bytes: this.#block(tags, metadata.revision + 1) };
  }

  /** What the pair adds to the global state: as before, but without the move out of it. */
  #stateOf(pair: Pair, before: Uint8Array | undefined): TagBytes | undefined {
    const state = Buffer.alloc(12);
    state.set(before?.subarray(0, 12) ?? []);
    const { moved, globalState } = this.#mounted;
    if (moved && isSamePair(moved.pair, pair)) {
      const move = Buffer.from(globalState);
      move.writeUInt32LE((move.readUInt32LE() & MOVE_BITS) >>> 0);
      for (const [at, byte] of move.entries()) state[at] = (state[at] ?? 0) ^ byte;
    }
    if (state.every((byte) => byte === 0)) return undefined;
    return { tag: { type: TYPE.moveState, id: NO_ID, sizeBytes: state.length }, data: state };
  }

  #block(tags: readonly TagBytes[], revision: number): Uint8Array {
    const block = Buffer.alloc(this.#blockBytes, 0xff);
    block.set(commitOf(tags, revision));
    return block;
  }

  #content(
    bytes: Uint8Array,
    free: number[],
  ): { writes: BlockWrite[]; struct: Pick<MetadataEntry, 'structType' | 'struct'> } {
    if (bytes.length <= LARGEST_INLINE_BYTES)
      return { writes: [], struct: { structType: TYPE.inline, struct: bytes } };
    const numbers: number[] = [];
    const writes: BlockWrite[] = [];
    for (let start = 0; start < bytes.length; ) {
      const index = numbers.length;
      const offset = 4 * pointersIn(index);
      const block = Buffer.alloc(this.#blockBytes, 0xff);
      for (let skip = 0; skip < offset / 4; skip++)
        block.writeUInt32LE(numbers[index - 2 ** skip] ?? 0, 4 * skip);
      const end = Math.min(bytes.length, start + this.#blockBytes - offset);
      block.set(bytes.subarray(start, end), offset);
      const number = this.#take(free);
      numbers.push(number);
      writes.push({ block: number, bytes: block });
      start = end;
    }
    const struct = littleEndian(numbers.at(-1) ?? 0, bytes.length);
    return { writes, struct: { structType: TYPE.skipList, struct } };
  }

  #take(free: number[]): number {
    const block = free.shift();
    if (block === undefined) throw noSpace();
    return block;
  }

  /** Blocks that neither a folder nor a file uses. */
  #freeBlocks(neededBytes: number): number[] {
    const { blockCount } = this.#mounted.superblock;
    const used = new Set<number>();
    for (const pair of this.#mounted.pairs) {
      const metadata = readPair(pair, this.#blocks.at);
      for (const block of pair) used.add(block);
      for (const entry of metadata?.entries ?? []) {
        // A pair that was moved to other blocks when the power failed may be in no tail.
        for (const block of entry.type === TYPE.folder ? (pairIn(entry.struct) ?? []) : []) used.add(block);
        for (const block of this.#fileBlocks(entry)) used.add(block);
      }
    }
    const free = Array.from({ length: blockCount }, (_, block) => block).filter((block) => !used.has(block));
    const needed = neededBytes > LARGEST_INLINE_BYTES ? skipListBlocks(neededBytes, this.#blockBytes) : 0;
    if (needed + RESERVE_BLOCKS > free.length && needed > 0)
      throw noSpace(needed + RESERVE_BLOCKS - free.length);
    return free;
  }

  #fileBlocks({ structType, struct }: MetadataEntry): number[] {
    if (structType !== TYPE.skipList || struct.length < 8) return [];
    const bytes = Buffer.from(struct.buffer, struct.byteOffset, struct.length);
    const [head, sizeBytes] = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
    if (sizeBytes === 0) return [];
    const { blockCount } = this.#mounted.superblock;
    if (sizeBytes > blockCount * this.#blockBytes) throw damaged('a file is larger than the filesystem');
    const numbers: number[] = [];
    let block = head;
    for (let index = skipListBlocks(sizeBytes, this.#blockBytes) - 1; index >= 0; index--) {
      const content = block < blockCount ? this.#blocks.at(block) : undefined;
      if (!content) throw damaged(`a file has a block ${block} that is outside the filesystem`);
      numbers.push(block);
      if (index > 0) block = Buffer.from(content.buffer, content.byteOffset, 4).readUInt32LE();
    }
    return numbers;
  }
}

function isNamed({ type }: MetadataEntry): boolean {
  return type === TYPE.file || type === TYPE.folder;
}

function numbered(entries: readonly MetadataEntry[]): TagBytes[] {
  return entries.flatMap((entry, id) =>
    tagsOf(entry).map(({ tag, data }) => ({ tag: { ...tag, id }, data })),
  );
}

function tagsOf({ type, name, structType, struct, attributes }: MetadataEntry): TagBytes[] {
  const tag = (kind: number, data: Uint8Array): TagBytes => ({
    tag: { type: kind, id: 0, sizeBytes: data.length },
    data,
  });
  return [
    tag(type ?? TYPE.file, name),
    ...(structType === undefined ? [] : [tag(structType, struct)]),
    ...Array.from(attributes, ([number, data]) => tag(GROUP.attribute | number, data)),
  ];
}

function tailOf(tail: Metadata['tail']): TagBytes[] {
  if (!tail) return [];
  const type = tail.isSameFolder ? TYPE.hardTail : TYPE.softTail;
  return [{ tag: { type, id: NO_ID, sizeBytes: 8 }, data: littleEndian(...tail.pair) }];
}

function noSpace(missing = 1): LayoutError {
  return new LayoutError('no-space', `The filesystem lacks ${missing} free blocks.`, missing);
}
