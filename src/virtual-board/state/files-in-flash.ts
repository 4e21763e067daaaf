// A board's files: LittleFS in its flash, and a folder from the start of MicroPython to the next time that something
// else changes the flash. Whichever is newer counts: without a folder the flash does.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { FilesystemError, readLittleFs, readSuperblock } from '../../filesystem/littlefs/reader.js';
import { type NewFile, writeLittleFs } from '../../filesystem/littlefs/writer.js';
import type { FlashRange } from '../chips/chip-model.js';
import { SECTOR_BYTES } from '../flash/nor-flash.js';

/** The flash as the running firmware uses it: at once, in a time that does not matter. */
export interface FilesystemFlash {
  /** @returns not a copy */
  view(range: FlashRange): Uint8Array;
  /** Sets the contents of a range: these bytes, then erased ones. */
  replace(range: FlashRange, bytes: Uint8Array): void;
}

const ERASED = 0xff;
const NS_PER_S = 1_000_000_000n;

/**
 * Does what MicroPython does when it starts: mounts the filesystem, or makes a new one where the flash is erased.
 * @param folder where the files are to be; missing afterwards if the filesystem is new
 * @returns false if there is something else in the flash
 */
export function mountFiles(flash: FilesystemFlash, range: FlashRange, folder: string): boolean {
  if (isMountable(flash, range)) return existsSync(folder) || unpack(flash.view(range), folder);
  rmSync(folder, { recursive: true, force: true });
  if (
    flash
      .view(range)
      .subarray(0, SECTOR_BYTES)
      .some((byte) => byte !== ERASED)
  )
    return false;
  flash.replace(range, writeLittleFs([], { blockCount: blocksIn(range) }));
  return true;
}

/** Stores the folder's files in the flash, if it has others; nothing without a folder. */
export function storeFiles(flash: FilesystemFlash, range: FlashRange, folder: string): void {
  if (!existsSync(folder) || !isMountable(flash, range)) return;
  const { files, folders } = readFolder(folder);
  if (isSame(flash.view(range), files, folders)) return;
  flash.replace(range, writeLittleFs(files, { blockCount: blocksIn(range), folders }));
}

function blocksIn({ sizeBytes }: FlashRange): number {
  return Math.floor(sizeBytes / SECTOR_BYTES);
}

/** The library refuses a filesystem of another size. */
function isMountable(flash: FilesystemFlash, range: FlashRange): boolean {
  return orDamaged(() => readSuperblock(flash.view(range)).blockCount === blocksIn(range)) ?? false;
}

function orDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FilesystemError) return undefined;
    throw error;
  }
}

/** All at once: a process that is killed meanwhile leaves no folder. */
function unpack(image: Uint8Array, folder: string): boolean {
  const entries = orDamaged(() => readLittleFs(image).entries);
  if (!entries) return false;
  const scratch = `${folder}.new`;
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  for (const entry of entries) {
    if (!entry.path.split('/').every(isNameOnHost)) continue;
    const place = join(scratch, entry.path);
    mkdirSync(entry.kind === 'folder' ? place : dirname(place), { recursive: true });
    const content = entry.kind === 'file' ? orDamaged(() => entry.read()) : undefined;
    if (entry.kind === 'folder' || content === undefined) continue;
    writeFileSync(place, content);
    const modifiedS = Number((entry.modifiedNs ?? 0n) / NS_PER_S);
    utimesSync(place, modifiedS, modifiedS);
  }
  renameSync(scratch, folder);
  return true;
}

/** Names come from the program that wrote the flash: none may lead out of the folder. */
function isNameOnHost(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[\\/\0]/.test(name);
}

function readFolder(folder: string): { files: NewFile[]; folders: string[] } {
  const files: NewFile[] = [];
  const folders: string[] = [];
  const list = (inside: string): void => {
    for (const entry of readdirSync(join(folder, inside), { withFileTypes: true })) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
      const place = join(folder, path);
      if (entry.isDirectory()) {
        folders.push(path);
        list(path);
      } else if (entry.isFile()) {
        const modifiedS = BigInt(Math.max(0, Math.floor(statSync(place).mtimeMs / 1000)));
        files.push({ path, bytes: readFileSync(place), modifiedNs: modifiedS * NS_PER_S });
      }
    }
  };
  list('');
  return { files, folders };
}

function isSame(image: Uint8Array, files: readonly NewFile[], folders: readonly string[]): boolean {
  return (
    orDamaged(() => {
      const { entries, damagedFolders } = readLittleFs(image);
      if (damagedFolders.length > 0 || entries.length !== files.length + folders.length) return false;
      const stored = new Map(entries.map((entry) => [entry.path, entry]));
      return (
        folders.every((path) => stored.get(path)?.kind === 'folder') &&
        files.every(({ path, bytes, modifiedNs = 0n }) => {
          const entry = stored.get(path);
          return (
            entry?.kind === 'file' &&
            (entry.modifiedNs ?? 0n) / NS_PER_S === modifiedNs / NS_PER_S &&
            Buffer.compare(entry.read(), bytes) === 0
          );
        })
      );
    }) ?? false
  );
}
