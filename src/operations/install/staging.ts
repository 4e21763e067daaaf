// Uploads files to a board's staging folder and commits them, in one raw REPL session.

import { createHash } from 'node:crypto';
import closeFile from '../../board-scripts/files/close_file.py';
import openFile from '../../board-scripts/files/open_file.py';
import writePiece from '../../board-scripts/files/write_piece.py';
import { assemble, forTheWire } from '../../board-scripts/python-source.js';
import discard from '../../board-scripts/staging/discard.py';
import makeStagingFolder from '../../board-scripts/staging/make_staging_folder.py';
import printStagedHash from '../../board-scripts/staging/print_staged_hash.py';
import { PortalError } from '../../errors.js';
import { fasterRate, receiveFasterProgram, withFasterRate } from '../../micropython/faster-rate.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { receiveProgram, receiverProgram } from '../../micropython/receiver.js';
import { cancelReceiver, sendBlocks } from '../../micropython/transfer.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import { STAGING_FOLDER } from '../../portal/commit-program.js';

/** Bits of the window: 1 KB is what any board can spare, and where memory is free up to 8 KB save an eighth. */
const WINDOW_BITS = { min: 10, max: 13 };
/** The window may take this part of the memory. */
const WINDOW_SHARE = 1 / 4;

/** Bytes of a file per program; the board needs memory for the source and its bytecode. */
const TEXT_CHUNK_BYTES = 512;

/** What a board needs free: the receiver, its window, and a file that is being written. */
export const NEEDED_HEAP_BYTES = 6000;

/** Removes what was staged, unless its commit has begun. Needs nothing of what came before. */
export const DISCARD = assemble([discard]);

/** Transfer figures, for benchmarks. */
export interface Transfer {
  readonly contentBytes: number;
  /** After compression. */
  readonly sentBytes: number;
  readonly method: 'deflate' | 'plain' | 'text';
}

type StagingFacts = Pick<
  BoardFacts,
  'platform' | 'version' | 'inflater' | 'takesBinary' | 'freeHeapBytes' | 'hasReceiver'
>;

interface StageOptions {
  readonly signal?: AbortSignal | undefined;
  /** The fastest rate allowed for many bytes, on a port that has rates; 460800 by default. */
  readonly uploadBaudRate?: number | undefined;
  readonly onBytes: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Stages files as `0`, `1`, … and compares what the board reads back with what was sent.
 * @throws PortalError `transfer-failed`, `board-…`; as RawRepl.exec
 */
export async function stage(
  repl: RawRepl,
  facts: StagingFacts,
  files: readonly Uint8Array[],
  options: StageOptions,
): Promise<Transfer> {
  const content = Buffer.concat(files);
  const { digest, ...transfer } = facts.takesBinary
    ? await stageBinary(repl, facts, files, content, options)
    : await stageText(repl, files, content, options);
  if (digest !== createHash('sha256').update(content).digest('base64')) {
    throw new PortalError('transfer-failed', 'The files on the board differ from those that were sent.');
  }
  return { contentBytes: content.length, ...transfer };
}

type Staged = Omit<Transfer, 'contentBytes'> & { digest: string };

async function stageBinary(
  repl: RawRepl,
  facts: StagingFacts,
  files: readonly Uint8Array[],
  content: Uint8Array,
  { signal, uploadBaudRate, onBytes }: StageOptions,
): Promise<Staged> {
  const { platform, inflater, freeHeapBytes, hasReceiver } = facts;
  const windowBits = windowFor(freeHeapBytes);
  const { default: pako } = await import('pako'); // 230 KB of source
  const deflated = pako.deflateRaw(content, { level: 9, memLevel: 9, windowBits });
  const method = deflated.length < content.length ? 'deflate' : 'plain';
  const wire = method === 'deflate' ? deflated : content;
  const sizes = files.map(({ length }) => length);
  const fast = fasterRate(repl.port, facts, wire.length, uploadBaudRate);
  const sent = [wire.length, method === 'deflate' ? windowBits : 0, sizes] as const;
  const receive = [
    assemble([makeStagingFolder]),
    fast ? receiveFasterProgram({ now: repl.port.baudRate, fast }, ...sent) : receiveProgram(...sent),
    stagedHash(files.length),
  ].join('\n');
  const programs = hasReceiver ? [receive] : [receiverProgram(platform, inflater, STAGING_FOLDER), receive];
  const output = await repl.execWithInput(
    forTheWire(programs, { inflater, freeHeapBytes }),
    (reader) => {
      const send = () =>
        sendOrCancel(reader, wire, { signal, onBytes: (doneBytes) => onBytes(doneBytes, wire.length) });
      return fast ? withFasterRate(reader, fast, send) : send();
    },
    { idleMs: 30_000 },
  );
  return { digest: output.trim(), sentBytes: wire.length, method };
}

async function sendOrCancel(...[reader, wire, options]: Parameters<typeof sendBlocks>): Promise<boolean> {
  try {
    return await sendBlocks(reader, wire, options);
  } catch (error) {
    if (!(error instanceof PortalError && error.code.startsWith('port-'))) await cancelReceiver(reader);
    throw error;
  }
}

function windowFor(freeHeapBytes: number): number {
  const bits = Math.floor(Math.log2(freeHeapBytes * WINDOW_SHARE));
  return Math.min(WINDOW_BITS.max, Math.max(WINDOW_BITS.min, bits));
}

/** Prints SHA-256 of the staged files, read back from the flash. Needs hashes.py. */
function stagedHash(count: number): string {
  return assemble([printStagedHash], { COUNT: count });
}

/** For boards without binary input: each piece of a file is a literal in a piece of code. */
async function stageText(
  repl: RawRepl,
  files: readonly Uint8Array[],
  content: Uint8Array,
  { onBytes }: StageOptions,
): Promise<Staged> {
  await repl.exec(assemble([makeStagingFolder]));
  let doneBytes = 0;
  for (const [index, bytes] of files.entries()) {
    await writeText(repl, `${STAGING_FOLDER}/${index}`, bytes, (fileBytes) =>
      onBytes(doneBytes + fileBytes, content.length),
    );
    doneBytes += bytes.length;
  }
  const output = await repl.exec(stagedHash(files.length), { idleMs: 30_000 });
  return { digest: output.trim(), sentBytes: content.length, method: 'text' };
}

/**
 * Writes one file by code alone, which any MicroPython with files can run.
 * @throws as RawRepl.exec
 */
export async function writeText(
  repl: RawRepl,
  path: string,
  bytes: Uint8Array,
  onBytes: (doneBytes: number) => void = () => {},
): Promise<void> {
  await repl.exec(assemble([openFile], { PATH: path }));
  for (let start = 0; start < bytes.length; start += TEXT_CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + TEXT_CHUNK_BYTES);
    await repl.exec(assemble([writePiece], { PIECE: chunk }));
    onBytes(start + chunk.length);
  }
  await repl.exec(assemble([closeFile]));
}
