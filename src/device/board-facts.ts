// What an installation has to know of a board, read in one round trip: firmware, memory, space, and which files of
// ours are there, unchanged or not.

import { PortalError } from '../errors.js';
import { quote } from '../python-literal.js';
import { COMMIT_MARK, STAGING_FOLDER } from './commit-program.js';
import { MANIFEST_FILE, type ManifestEntry, parseManifest, shortHash } from './manifest.js';
import { minify } from './python-source.js';
import type { RawRepl } from './raw-repl.js';

/** The module with which a board unpacks what was compressed: MicroPython 1.21 changed it. */
export type Inflater = 'deflate' | 'uzlib';

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
 * Prints all of it as JSON; the manifest's text is left out if the host knows it. Of each file in it a letter tells
 * how it is. `B` shortens a hash, `H` hashes files in pieces because they may exceed the memory.
 */
const PROGRAM = minify(`
import sys,os,gc,json,hashlib,binascii
def B(d):
    return binascii.b2a_base64(d[:9])[:-1].decode()
def H(*l):
    h=hashlib.sha256()
    b=bytearray(256)
    for p in l:
        with open(p,'rb') as f:
            while 1:
                n=f.readinto(b)
                if not n:
                    break
                h.update(memoryview(b)[:n])
    return h.digest()
def F(k):
    gc.collect()
    i=sys.implementation
    s=os.statvfs('/')
    a=os.listdir('/')
    c=q=0
    m=d=r=''
    if'main.py'in a:
        for l in open('main.py'):
            c|=l[:${COMMIT_MARK.length}]==${quote(COMMIT_MARK)}
            q|='CaptivePortal'in l
    if${quote(MANIFEST_FILE)}in a:
        m=open(${quote(MANIFEST_FILE)}).read()
        d=B(hashlib.sha256(m.encode()).digest())
    for l in m.split('\\n')[:-1]:
        p=l[15:]
        try:
            r+='=!'[B(H(p))!=l[2:14]]
        except OSError:
            r+='-'
        if p in a:
            a.remove(p)
    print(json.dumps([sys.platform,i[1][:3],getattr(i,'_mpy',getattr(i,'mpy',0)),gc.mem_free(),s[0],s[3],hasattr(sys.stdin,'buffer'),c,q,d,d not in k and m,r,a]))
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

/** What the program prints. */
type Answer = readonly [
  platform: string,
  version: readonly number[],
  mpy: number,
  freeHeapBytes: number,
  blockBytes: number,
  freeBlocks: number,
  takesBinary: boolean,
  isCommitting: boolean | 0,
  mainStartsPortal: boolean | 0,
  manifestHash: string,
  manifest: string | false,
  states: string,
  names: readonly string[],
];

/** @param known manifests by their short hashes */
export function parseFacts(output: string, known: ReadonlyMap<string, string>): BoardFacts {
  let answer: Answer;
  try {
    answer = JSON.parse(output);
  } catch (error) {
    const message = `The board's answer makes no sense: ${JSON.stringify(output)}.`;
    throw new PortalError('transfer-failed', message, { cause: error });
  }
  const [platform, version, mpy, freeHeapBytes, blockBytes, freeBlocks, takesBinary, ...files] = answer;
  const [isCommitting, mainStartsPortal, manifestHash, manifestText, states, names] = files;
  const manifest = known.get(manifestHash) ?? (manifestText || '');
  return {
    platform,
    version: version.join('.'),
    mpy,
    freeHeapBytes,
    freeSpaceBytes: blockBytes * freeBlocks,
    blockBytes,
    inflater: isAtLeast(version, [1, 21]) ? 'deflate' : 'uzlib',
    takesBinary,
    installed: manifest
      .split('\n')
      .slice(0, -1)
      .flatMap((line, index) =>
        parseManifest(line).map((entry) => ({ ...entry, state: STATES[states[index] ?? ''] ?? 'missing' })),
      ),
    otherNames: names.filter((name) => name !== STAGING_FOLDER && name !== MANIFEST_FILE),
    hasStaged: names.includes(STAGING_FOLDER),
    manifestHash,
    isCommitting: isCommitting === true,
    mainStartsPortal: mainStartsPortal === true,
  };
}

function isAtLeast([major = 0, minor = 0]: readonly number[], [wantedMajor, wantedMinor]: [number, number]): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
