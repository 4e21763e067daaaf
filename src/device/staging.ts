// Brings files to a board's staging folder and puts them into their places, over one raw REPL session.

import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { PortalError } from '../errors.js';
import { quote } from '../python-literal.js';
import type { BoardFacts } from './board-facts.js';
import { STAGING_FOLDER } from './commit-program.js';
import { minify } from './python-source.js';
import type { RawRepl } from './raw-repl.js';
import { RECEIVER, VERIFIER, WATCHDOG } from './receiver.js';
import { cancelReceiver, sendBlocks } from './transfer.js';

/** Bits of the window: 2 KB is what an ESP8266 can spare. */
const WINDOW_BITS = 11;

/** Bytes of a file that travel in one piece of code; the board has to hold that code and what it compiles to. */
const TEXT_CHUNK_BYTES = 512;

/** What a board needs free: the receiver, its window, and a file that is being written. */
export const NEEDED_HEAP_BYTES = 6000;

/** An empty staging folder, whatever an earlier run left; the board's own errors say what is wrong with it. */
const PREPARE = minify(`
import os
def E(p):
    if p in os.listdir('/'):
        for n in os.listdir(p):
            os.remove(p+'/'+n)
        return 1
if not E('${STAGING_FOLDER}'):
    os.mkdir('${STAGING_FOLDER}')
`);

/** Code that removes what was staged. Needs nothing of what came before. */
export const DISCARD = minify(`
import os
for n in os.listdir('${STAGING_FOLDER}'):
    os.remove('${STAGING_FOLDER}/'+n)
os.rmdir('${STAGING_FOLDER}')
`);

/** How content travelled, for whoever measures. */
export interface Transfer {
  readonly contentBytes: number;
  /** After compression. */
  readonly sentBytes: number;
  readonly method: 'deflate' | 'plain' | 'text';
}

interface StageOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes: (doneBytes: number, totalBytes: number) => void;
}

/**
 * Stages files as `0`, `1`, … and compares what the board reads back with what was sent.
 * @throws PortalError `transfer-failed`, `board-…`; as RawRepl.exec
 */
export async function stage(
  repl: RawRepl,
  facts: Pick<BoardFacts, 'inflater' | 'takesBinary'>,
  files: readonly Uint8Array[],
  options: StageOptions,
): Promise<Transfer> {
  const content = Buffer.concat(files);
  const { digest, ...transfer } = facts.takesBinary
    ? await stageBinary(repl, facts.inflater, files, content, options)
    : await stageText(repl, files, content, options);
  if (digest !== createHash('sha256').update(content).digest('hex')) {
    throw new PortalError('transfer-failed', 'The files differ on the board from what was sent.');
  }
  return { contentBytes: content.length, ...transfer };
}

type Staged = Omit<Transfer, 'contentBytes'> & { digest: string };

async function stageBinary(
  repl: RawRepl,
  inflater: BoardFacts['inflater'],
  files: readonly Uint8Array[],
  content: Uint8Array,
  { signal, onBytes }: StageOptions,
): Promise<Staged> {
  const deflated = deflateRawSync(content, { level: 9, memLevel: 9, windowBits: WINDOW_BITS });
  const method = inflater !== 'none' && deflated.length < content.length ? 'deflate' : 'plain';
  const wire = method === 'deflate' ? deflated : content;
  const call = `R(${wire.length},${method === 'deflate' ? WINDOW_BITS : 0},${sizes(files)})`;
  const code = [PREPARE, RECEIVER, WATCHDOG, VERIFIER, call, `V(${files.length})`].join('\n');
  const output = await repl.converse(
    code,
    async (port) => {
      try {
        await sendBlocks(port, wire, { signal, onBytes: (doneBytes) => onBytes(doneBytes, wire.length) });
      } catch (error) {
        if (!(error instanceof PortalError && error.code.startsWith('port-'))) await cancelReceiver(port);
        throw error;
      }
    },
    { timeoutMs: 30_000 },
  );
  return { digest: output.trim(), sentBytes: wire.length, method };
}

function sizes(files: readonly Uint8Array[]): string {
  return `[${files.map(({ length }) => length).join(',')}]`;
}

/** For boards without binary input: each piece of a file is a literal in a piece of code. */
async function stageText(
  repl: RawRepl,
  files: readonly Uint8Array[],
  content: Uint8Array,
  { onBytes }: StageOptions,
): Promise<Staged> {
  await repl.exec(PREPARE);
  let doneBytes = 0;
  for (const [index, bytes] of files.entries()) {
    await writeText(repl, `${STAGING_FOLDER}/${index}`, bytes, (fileBytes) =>
      onBytes(doneBytes + fileBytes, content.length),
    );
    doneBytes += bytes.length;
  }
  const output = await repl.exec(`import hashlib,binascii\n${VERIFIER}\nV(${files.length})`, { timeoutMs: 30_000 });
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
  await repl.exec(`f=open(${quote(path)},'wb')`);
  for (let start = 0; start < bytes.length; start += TEXT_CHUNK_BYTES) {
    const chunk = bytes.subarray(start, start + TEXT_CHUNK_BYTES);
    await repl.exec(`n=f.write(${quote(chunk)})`);
    onBytes(start + chunk.length);
  }
  await repl.exec('f.close()');
}
