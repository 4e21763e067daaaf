// What an installation has to know of a board, read in one round trip: firmware, memory, space, and which files of
// ours are there, unchanged or not.

import { PortalError } from '../errors.js';
import { quote } from '../python-literal.js';
import { COMMIT_MARK, STAGING_FOLDER } from './commit-program.js';
import { MANIFEST_FILE, type ManifestEntry, parseManifest, shortHash } from './manifest.js';
import { minify } from './python-source.js';
import type { RawRepl } from './raw-repl.js';

/** The module with which a board unpacks what was compressed: MicroPython 1.21 changed it. */
type Inflater = 'deflate' | 'uzlib';

/** A file of ours as it is now. */
type FileState = 'same' | 'changed' | 'missing';

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
  /** What else lies in the root folder, and, as `lib/name`, in the folders that were asked about or hold files of ours. */
  readonly otherNames: readonly string[];
  /** Those among all these names that are folders. */
  readonly folders: readonly string[];
  /** An installation was cut before it was committed. */
  readonly hasStaged: boolean;
  /** Short hash of the manifest's text, '' where there is none. */
  readonly manifestHash: string;
  /** An installation was cut after the point from which it is completed. */
  readonly isCommitting: boolean;
  /** main.py, whoever wrote it, makes a CaptivePortal: see startsPortal. */
  readonly mainStartsPortal: boolean;
}

/**
 * `B` shortens a hash, `H` hashes files in pieces because they may exceed the memory. Prints the hash of the manifest
 * and all that it lists, whether anything is staged, and MicroPython's version.
 */
const GLANCE = minify(`
import sys,os,hashlib,binascii
def B(d):
    return binascii.b2a_base64(d[:6])[:-1].decode()
def H(*l):
    h=hashlib.sha256()
    b=bytearray(256)
    for p in l:
        with open(p,'rb') as f:
            n=1
            while n:
                n=f.readinto(b)
                h.update(memoryview(b)[:n])
    return h.digest()
try:
    print(B(H('${MANIFEST_FILE}',*[l[11:-1] for l in open('${MANIFEST_FILE}')])),'${STAGING_FOLDER}' in os.listdir('/'),*sys.implementation[1][:3])
except OSError:
    print()
`);

/**
 * Prints all the facts as JSON; the manifest's text is left out if the host knows it. Of each file in it a letter tells
 * how it is, and a slash behind a name a folder. Uses what GLANCE has defined.
 */
const PROGRAM = minify(`
import gc,json
def L(d):
    return [e[0]+'/'*(e[1]>>14&1) for e in os.ilistdir(d)]
def F(k,e):
    gc.collect()
    i=sys.implementation
    s=os.statvfs('/')
    a=L('/')
    c=q=0
    m=d=r=''
    if'main.py'in a:
        for l in open('main.py'):
            c|=l[:${COMMIT_MARK.length}]==${quote(COMMIT_MARK)}
            q|='CaptivePortal'in l.split('#')[0]
    if'${MANIFEST_FILE}'in a:
        m=open('${MANIFEST_FILE}').read()
        d=B(H('${MANIFEST_FILE}'))
    o=m.split('\\n')[:-1]
    for x in set(e+[l[11:].rsplit('/',1)[0] for l in o if'/'in l[11:]]):
        try:
            a+=[x+'/'+n for n in L(x)]
        except OSError:
            pass
    for l in o:
        p=l[11:]
        try:
            r+='=!'[B(H(p))!=l[2:10]]
        except OSError:
            r+='-'
        if p in a:
            a.remove(p)
    print(json.dumps([sys.platform,i[1][:3],getattr(i,'_mpy',getattr(i,'mpy',0)),gc.mem_free(),s[0],s[3],hasattr(sys.stdin,'buffer'),c,q,d,d not in k and m,r,a]))
`);

const STATES: Readonly<Record<string, FileState>> = { '=': 'same', '!': 'changed', '-': 'missing' };

/**
 * Whether a board holds just these files, all of them listed in this manifest and nothing half-done. Asks with so few
 * bytes that nothing to do takes no time. Leaves `B` and `H` defined on the board, for readBoardFacts.
 * @param files in the order of the manifest
 * @returns MicroPython's version when it does, `undefined` when it does not
 */
export async function holdsAlready(
  repl: RawRepl,
  manifest: string,
  files: readonly Uint8Array[],
): Promise<string | undefined> {
  const [hash, hasStaged, ...version] = (await repl.exec(GLANCE, { timeoutMs: 30_000 })).trim().split(' ');
  const expected = shortHash(Buffer.concat([Buffer.from(manifest), ...files]));
  return hash === expected && hasStaged === 'False' ? version.join('.') : undefined;
}

/** Defines on the board what readBoardFacts builds on, as holdsAlready does. */
export async function defineHelpers(repl: RawRepl): Promise<void> {
  await repl.exec(GLANCE, { timeoutMs: 30_000 });
}

/**
 * Reads the facts, after holdsAlready or defineHelpers.
 * @param known texts of manifests that need not travel, because the host would write the same
 * @param folders where else files of somebody else may be in the way; they need not exist
 * @throws PortalError `board-no-filesystem`, `board-…`; as RawRepl.exec
 */
export async function readBoardFacts(
  repl: RawRepl,
  known: readonly string[],
  folders: readonly string[] = [],
): Promise<BoardFacts> {
  const hashes = known.map((text) => shortHash(Buffer.from(text)));
  const output = await repl.exec(`${PROGRAM}\nF(${quote(hashes.join(' '))},[${folders.map(quote)}])`, {
    timeoutMs: 30_000,
  });
  return parseFacts(output, new Map(hashes.map((hash, index) => [hash, known[index] ?? ''])));
}

/** Whether a main.py makes a CaptivePortal; in a comment the name means nothing. The board looks in the same way. */
export function startsPortal(main: string): boolean {
  return main.split('\n').some((line) => line.split('#')[0]?.includes('CaptivePortal'));
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
  isCommitting: 0 | 1,
  mainStartsPortal: 0 | 1,
  manifestHash: string,
  manifest: string | false,
  states: string,
  entries: readonly string[],
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
  const [isCommitting, mainStartsPortal, manifestHash, manifestText, states, entries] = files;
  const names = entries.map((entry) => entry.replace(/\/$/, ''));
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
    folders: names.filter((name, index) => name !== entries[index]),
    hasStaged: names.includes(STAGING_FOLDER),
    manifestHash,
    isCommitting: isCommitting === 1,
    mainStartsPortal: mainStartsPortal === 1,
  };
}

function isAtLeast(
  [major = 0, minor = 0]: readonly number[],
  [wantedMajor, wantedMinor]: [number, number],
): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
