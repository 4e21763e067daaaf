// What an installation has to know of a board, read in one round trip: firmware, memory, space, and which files of
// ours are there, unchanged or not.

import { PortalError } from '../errors.js';
import { quote } from '../python-literal.js';
import { COMMIT_MARK, STAGING_FOLDER } from './commit-program.js';
import { MANIFEST_FILE, type ManifestEntry, parseManifest, shortHash } from './manifest.js';
import { minify } from './python-source.js';
import type { RawRepl } from './raw-repl.js';

/** How a board can unpack what was compressed. */
export type Inflater = 'deflate' | 'uzlib' | 'none';

/** A file of ours as it is now. */
export type FileState = 'same' | 'changed' | 'missing';

export interface InstalledFile extends ManifestEntry {
  readonly state: FileState;
}

export interface BoardFacts {
  /** `sys.platform`, e.g. `esp8266`. */
  readonly platform: string;
  /** MicroPython's, e.g. `1.27.0`. */
  readonly version: string;
  /** `sys.implementation._mpy`, 0 where there is none. */
  readonly mpy: number;
  readonly freeHeapBytes: number;
  readonly freeSpaceBytes: number;
  /** Files take whole blocks of this size. */
  readonly blockBytes: number;
  readonly inflater: Inflater;
  /** Whether `sys.stdin.buffer` takes binary data. */
  readonly takesBinary: boolean;
  /** What the manifest on the board lists. */
  readonly installed: readonly InstalledFile[];
  /** What else lies in the root folder. */
  readonly otherNames: readonly string[];
  /** An installation was cut before it was committed. */
  readonly hasStaged: boolean;
  /** Short hash of the manifest's text, '' where there is none. */
  readonly manifestHash: string;
  /** An installation was cut after the point from which it is completed. */
  readonly isCommitting: boolean;
  /** main.py, whoever wrote it, makes a CaptivePortal. */
  readonly mainStartsPortal: boolean;
}

/**
 * Prints a line each: the figures; short hash and, unless the host knows it, text of the manifest; a letter for each of
 * its files; the other names. `B` shortens a hash, `H` hashes a file in pieces because it may exceed the memory.
 */
const PROGRAM = minify(`
import sys,os,gc,json,hashlib,binascii
def B(d):
    return binascii.b2a_base64(d[:9])[:-1].decode()
def H(p):
    h=hashlib.sha256()
    b=bytearray(256)
    with open(p,'rb') as f:
        while 1:
            n=f.readinto(b)
            if not n:
                return h.digest()
            h.update(memoryview(b)[:n])
def F(known):
    gc.collect()
    i=sys.implementation
    s=os.statvfs('/')
    z='none'
    for m in'uzlib','deflate':
        try:
            __import__(m)
            z=m
        except ImportError:
            pass
    names=os.listdir('/')
    c=q=0
    if'main.py'in names:
        with open('main.py') as f:
            for l in f:
                c|=l[:${COMMIT_MARK.length}]==${quote(COMMIT_MARK)}
                q|='CaptivePortal'in l
    print(sys.platform,'.'.join(str(n) for n in i[1][:3]),getattr(i,'_mpy',getattr(i,'mpy',0)),gc.mem_free(),s[0],s[3],z,int(hasattr(sys.stdin,'buffer')),int(c),int(q))
    m=d=''
    if${quote(MANIFEST_FILE)}in names:
        with open(${quote(MANIFEST_FILE)}) as f:
            m=f.read()
        d=B(hashlib.sha256(m.encode()).digest())
    print(d)
    print(json.dumps('' if d in known else m))
    r=''
    for l in m.split('\\n'):
        if l:
            p=l[15:]
            try:
                r+='=!'[B(H(p))!=l[2:14]]
            except OSError:
                r+='-'
            if p in names:
                names.remove(p)
    print(r)
    print(json.dumps([n for n in names if n!=${quote(MANIFEST_FILE)}]))
`);

const STATES: Readonly<Record<string, FileState>> = { '=': 'same', '!': 'changed', '-': 'missing' };

/**
 * Reads the facts. Leaves `B` and `H` defined on the board.
 * @param known texts of manifests that need not travel, because the host would write the same
 * @throws PortalError `board-no-filesystem`, `board-…`; as RawRepl.exec
 */
export async function readBoardFacts(repl: RawRepl, known: readonly string[]): Promise<BoardFacts> {
  const hashes = known.map((text) => shortHash(Buffer.from(text)));
  const output = await repl.exec(`${PROGRAM}\nF(${quote(hashes.join(' '))})`, { timeoutMs: 30_000 });
  return parseFacts(output, new Map(hashes.map((hash, index) => [hash, known[index] ?? ''])));
}

/** @param known manifests by their short hashes */
export function parseFacts(output: string, known: ReadonlyMap<string, string>): BoardFacts {
  const [figures = '', manifestHash = '', manifestText = '', states = '', others = ''] = output.split('\r\n');
  const [platform = '', version = '', ...rest] = figures.split(' ');
  const [mpy, heap, block, blocks, inflater, binary, committing, mainStartsPortal] = rest;
  if (mainStartsPortal === undefined) {
    throw new PortalError('transfer-failed', `The board's answer makes no sense: ${JSON.stringify(output)}.`);
  }
  const manifest = known.get(manifestHash) ?? (JSON.parse(manifestText) as string);
  const names = JSON.parse(others) as string[];
  return {
    platform,
    version,
    mpy: Number(mpy),
    freeHeapBytes: Number(heap),
    freeSpaceBytes: Number(block) * Number(blocks),
    blockBytes: Number(block),
    inflater: inflater as Inflater,
    takesBinary: binary === '1',
    installed: manifest
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line, index) =>
        parseManifest(line).map((entry) => ({ ...entry, state: STATES[states[index] ?? ''] ?? 'missing' })),
      ),
    otherNames: names.filter((name) => name !== STAGING_FOLDER),
    hasStaged: names.includes(STAGING_FOLDER),
    manifestHash,
    isCommitting: committing === '1',
    mainStartsPortal: mainStartsPortal === '1',
  };
}
