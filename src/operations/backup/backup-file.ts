// The file of a backup: a line of JSON, then the bytes of the pieces that are not erased, in order. Pure.

import { createHash } from 'node:crypto';
import { PortalError } from '../../errors.js';
import { isErased, type Partition } from '../../esp/image/partition-table.js';

/** Large enough for the line, small enough to be read again after an interruption. */
export const PIECE_BYTES = 0x10000;

const FORMAT = 'esp-portal backup';
const VERSION = 1;
/** A line for 128 MB of flash is shorter. */
const MAX_HEADER_BYTES = 1024 * 1024;
const LARGEST_FLASH_BYTES = 128 * 1024 * 1024;
const ERASED = 0xff;
const CHIP = /^[\w-]+$/;
const MAC = /^[\da-f]{2}(:[\da-f]{2})+$/;

/** What the first line says of the board. */
export interface BackupFacts {
  /** The family, e.g. `ESP32-S3`. */
  readonly chip: string;
  readonly mac: string;
  readonly flashSizeBytes: number;
  readonly flashMode: string | undefined;
  readonly partitions: readonly Partition[];
  /** MicroPython's version, if it was found. */
  readonly micropython: string | undefined;
}

export interface Backup extends BackupFacts {
  /** All of the flash. */
  readonly flash: Uint8Array;
}

/** MD5 in hex, or '' for a piece that is erased and not in the file. */
type PieceDigest = string;

/** @returns the file in parts */
export function encodeBackup({ flash, ...facts }: Backup): Uint8Array[] {
  const pieces = piecesOf(flash);
  const md5: PieceDigest[] = pieces.map((piece) => (isErased(piece) ? '' : digestOf(piece)));
  const header = { format: FORMAT, version: VERSION, ...facts, pieceBytes: PIECE_BYTES, md5 };
  return [Buffer.from(`${JSON.stringify(header)}\n`), ...pieces.filter((_, index) => md5[index] !== '')];
}

/**
 * @param name the file, for messages
 * @throws PortalError `backup-invalid`
 */
export function decodeBackup(file: Uint8Array, name: string): Backup {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length);
  const end = bytes.subarray(0, MAX_HEADER_BYTES).indexOf(0x0a);
  const header = end < 0 ? undefined : parseHeader(bytes.toString('utf8', 0, end));
  if (!header) throw new PortalError('backup-invalid', `${name} is not a backup of esp-portal.`);
  const { format, version, pieceBytes, md5, ...facts } = header;
  if (version !== VERSION)
    throw new PortalError(
      'backup-invalid',
      `${name} is a backup of version ${version}; this esp-portal reads version ${VERSION}.`,
    );
  const flash = Buffer.alloc(facts.flashSizeBytes, ERASED);
  let at = end + 1;
  for (const [index, digest] of md5.entries()) {
    if (digest === '') continue;
    const piece = flash.subarray(index * pieceBytes, (index + 1) * pieceBytes);
    const isWhole = bytes.copy(piece, 0, at) >= piece.length && digestOf(piece) === digest;
    if (!isWhole)
      throw damaged(name, `the piece at 0x${(index * pieceBytes).toString(16)} is not as its MD5`);
    at += piece.length;
  }
  if (at !== bytes.length) throw damaged(name, 'it has more bytes than pieces');
  return { ...facts, flash };
}

function damaged(name: string, how: string): PortalError {
  return new PortalError('backup-invalid', `${name} is damaged or incomplete: ${how}.`);
}

interface Header extends BackupFacts {
  readonly format: string;
  readonly version: number;
  readonly pieceBytes: number;
  readonly md5: readonly PieceDigest[];
}

function parseHeader(text: string): Header | undefined {
  try {
    const header = JSON.parse(text) as Partial<Header> | null;
    const { flashSizeBytes = 0, pieceBytes = 0, md5 } = header ?? {};
    const isSized = [flashSizeBytes, pieceBytes].every((size) => Number.isInteger(size) && size > 0);
    const isComplete =
      header?.format === FORMAT &&
      isSized &&
      flashSizeBytes <= LARGEST_FLASH_BYTES &&
      typeof header.version === 'number' &&
      CHIP.test(header.chip ?? '') &&
      MAC.test(header.mac ?? '') &&
      ['string', 'undefined'].includes(typeof header.micropython) &&
      Array.isArray(md5) &&
      md5.every((digest) => typeof digest === 'string') &&
      md5.length === Math.ceil(flashSizeBytes / pieceBytes);
    return isComplete ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

/** The flash in pieces. */
function piecesOf(flash: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(flash.length / PIECE_BYTES) }, (_, index) =>
    flash.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES),
  );
}

function digestOf(bytes: Uint8Array): PieceDigest {
  return createHash('md5').update(bytes).digest('hex');
}
