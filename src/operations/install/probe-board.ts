// What an installation has to know of a board, read in one round trip: firmware, memory, space, and which files of
// ours are there, unchanged or not.

import { quote } from '../../board-scripts/python-literal.js';
import { BUILT_INS_ONLY, forTheWire, type Inflater, minify } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { BoardFacts, FileState, InstalledFile } from '../../portal/board-facts.js';
import { COMMIT_MARK, STAGING_FOLDER } from '../../portal/commit-program.js';
import { MANIFEST_FILE, parseManifest, shortHash } from '../../portal/manifest.js';

/**
 * `B` shortens a hash, `H` hashes files in pieces because they may exceed the memory. Prints the free
 * memory, whether anything is staged, the hash of the manifest and all that it lists, and MicroPython's version, which
 * comes last because an unpacked argument has to before 1.19.
 */
export const GLANCE = minify(`
${BUILT_INS_ONLY}
import gc,uhashlib as hashlib,ubinascii as binascii
def B(d):
    return binascii.b2a_base64(d[:6])[:-1].decode()
def H(*l):
    h=hashlib.sha256()
    b=bytearray(256)
    for p in l:
        with open(p,'rb') as f:
            n=1
            c=0
            while n:
                if not c&15:
                    print(end='\\x06')
                c+=1
                n=f.readinto(b)
                h.update(memoryview(b)[:n])
    return h.digest()
try:
    m=B(H('${MANIFEST_FILE}',*[l[11:-1] for l in open('${MANIFEST_FILE}')]))
except(OSError,ValueError):
    m=''
s=1
try:
    os.stat('${STAGING_FOLDER}')
except OSError:
    s=0
gc.collect()
print(gc.mem_free(),s,m or'-',*sys.implementation[1][:3])
`);

/**
 * Prints all the facts as JSON; the manifest's text is left out if the host knows it. Of each file in it a letter tells
 * how it is, and a slash behind a name a folder. A name that is not UTF-8 is none of ours. Uses what GLANCE has defined.
 */
export const FACTS = minify(`
import ujson as json
def L(d):
    a=[]
    for e in os.ilistdir(d.encode()):
        try:
            a.append(str(e[0],'utf8')+'/'*(e[1]>>14&1))
        except ValueError:
            pass
    return a
def F(k,e):
    gc.collect()
    i=sys.implementation
    s=os.statvfs('/')
    a=L('/')
    c=q=0
    m=d=r=''
    if'main.py'in a:
        for l in open('main.py','rb'):
            c|=l[:${COMMIT_MARK.length}]==b${quote(COMMIT_MARK)}
            q|=b'CaptivePortal'in l.split(b'#')[0]
    if'${MANIFEST_FILE}'in a:
        d=B(H('${MANIFEST_FILE}'))
        try:
            m=open('${MANIFEST_FILE}').read()
        except ValueError:
            pass
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

/** What a first look at a board tells. */
export interface ProbeResult
  extends Pick<BoardFacts, 'version' | 'freeHeapBytes' | 'inflater' | 'hasStaged'> {
  /** Short hash of the manifest and all files that it lists; no hash where it or one of them is not there. */
  readonly contentHash: string;
}

/**
 * Looks at a board with so few bytes that nothing to do takes no time. Leaves `B` and `H` defined on it, for
 * readBoardFacts.
 * @throws as RawRepl.exec
 */
export async function probeBoard(repl: RawRepl): Promise<ProbeResult> {
  const answer = (await repl.exec(GLANCE, { idleMs: 30_000 })).trim().split(' ');
  const [freeHeapBytes, hasStaged, contentHash = '', ...numbers] = answer;
  const version = numbers.map(Number);
  return {
    version: version.join('.'),
    freeHeapBytes: Number(freeHeapBytes),
    inflater: inflaterOf(version),
    hasStaged: hasStaged === '1',
    contentHash,
  };
}

/**
 * Whether the board holds just these files, all of them listed in this manifest and nothing half-done.
 * @param files in the order of the manifest
 */
export function isUpToDate(
  { contentHash, hasStaged }: ProbeResult,
  manifest: string,
  files: readonly Uint8Array[],
): boolean {
  return !hasStaged && contentHash === shortHash(Buffer.concat([Buffer.from(manifest), ...files]));
}

/**
 * Reads the facts.
 * @param probe of this session
 * @param known texts of manifests that need not travel, because the host would write the same
 * @param folders where else files of somebody else may be in the way; they need not exist
 * @throws PortalError `board-no-filesystem`, `board-…`; as RawRepl.exec
 */
export async function readBoardFacts(
  repl: RawRepl,
  probe: Pick<ProbeResult, 'inflater' | 'freeHeapBytes'>,
  known: readonly string[],
  folders: readonly string[] = [],
): Promise<BoardFacts> {
  const hashes = known.map((text) => shortHash(Buffer.from(text)));
  const code = `${FACTS}\nF(${quote(hashes.join(' '))},[${folders.map(quote)}])`;
  const output = await repl.exec(forTheWire(code, probe), { idleMs: 30_000 });
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
    const message = `The board's answer cannot be read: ${JSON.stringify(output)}.`;
    throw new PortalError('transfer-failed', message, { cause: error });
  }
  const [platform, version, mpy, freeHeapBytes, blockBytes, freeBlocks, takesBinary, ...files] = answer;
  const [isCommitting, mainStartsPortal, manifestHash, manifestText, states, entries] = files;
  const names = entries.map((entry) => entry.replace(/\/$/, ''));
  const manifest = known.get(manifestHash) ?? (manifestText || '');
  const installed = manifest
    .split('\n')
    .slice(0, -1)
    .flatMap((line, index) =>
      parseManifest(line).map((entry) => ({ ...entry, state: STATES[states[index] ?? ''] ?? 'missing' })),
    );
  const isStaging = (file: InstalledFile) => file.path === STAGING_FOLDER && file.state !== 'missing';
  return {
    platform,
    version: version.join('.'),
    mpy,
    freeHeapBytes,
    freeSpaceBytes: blockBytes * freeBlocks,
    blockBytes,
    inflater: inflaterOf(version),
    takesBinary,
    installed,
    otherNames: names.filter((name) => name !== STAGING_FOLDER && name !== MANIFEST_FILE),
    folders: names.filter((name, index) => name !== entries[index]),
    hasStaged: names.includes(STAGING_FOLDER) || installed.some(isStaging),
    manifestHash,
    isCommitting: isCommitting === 1,
    mainStartsPortal: mainStartsPortal === 1,
  };
}

function inflaterOf([major = 0, minor = 0]: readonly number[]): Inflater {
  return major > 1 || minor >= 21 ? 'deflate' : 'uzlib';
}
