// Reads the facts about a board for an installation in one round trip: firmware, memory, space, and the state of the
// installed files.

import { quote } from '../../board-scripts/python-literal.js';
import {
  BUILT_INS_ONLY,
  forTheWire,
  type Inflater,
  minify,
  PACKED_HEAP_BYTES,
  packed,
} from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { receiverProgram } from '../../micropython/receiver.js';
import type { BoardFacts, FileState, InstalledFile } from '../../portal/board-facts.js';
import { COMMIT_MARK, STAGING_FOLDER } from '../../portal/commit-program.js';
import { MANIFEST_FILE, parseManifest, shortHash } from '../../portal/manifest.js';

/** `B` shortens a hash, `H` hashes files in pieces because they may exceed the memory. */
const HASHES = `
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
    return h.digest()`;

/**
 * Defines `B` and `H` and prints the platform, the free memory, whether anything is staged, the hash of the manifest and
 * all that it lists (`-` without a manifest, `?` where a file is missing), and MicroPython's version, which comes last
 * because an unpacked argument has to before 1.19.
 */
export const GLANCE = minify(`${HASHES}
def E(p):
    try:
        return os.stat(p)and 1
    except OSError:
        return 0
try:
    m=B(H('${MANIFEST_FILE}',*[l[11:-1] for l in open('${MANIFEST_FILE}')]))
except(OSError,ValueError):
    m='-?'[E('${MANIFEST_FILE}')]
gc.collect()
print(sys.platform,gc.mem_free(),E('${STAGING_FOLDER}'),m,*sys.implementation[1][:3])
`);

/** `L` lists a folder, a slash behind the name of a folder; a name that is not UTF-8 cannot be a file of esp-portal. */
const FACTS = `
import ujson as json
def L(d):
    a=[]
    for e in os.ilistdir(d.encode()):
        try:
            a.append(str(e[0],'utf8')+'/'*(e[1]>>14&1))
        except ValueError:
            pass
    return a
def F(a,g):
    gc.collect()
    i=sys.implementation
    s=os.statvfs('/')
    c=q=0
    try:
        for l in open('main.py','rb'):
            c|=l[:${COMMIT_MARK.length}]==b${quote(COMMIT_MARK)}
            q|=b'CaptivePortal'in l.split(b'#')[0]
    except OSError:
        pass
    print(json.dumps([sys.platform,i[1][:3],getattr(i,'_mpy',getattr(i,'mpy',0)),gc.mem_free(),s[0],s[3],hasattr(sys.stdin,'buffer'),c,q]+g+[a]))
a=L('/')`;

/**
 * `G` adds what lies in further folders to the names, and returns what is known of the files of the manifest: a letter
 * for each. Its text is omitted if the host has it.
 */
const MANIFEST_FACTS = `
def G(k,e):
    m=d=r=''
    if'${MANIFEST_FILE}'in a:
        d=B(H('${MANIFEST_FILE}'))
        try:
            m=open('${MANIFEST_FILE}').read()
        except ValueError:
            pass
    o=m.split('\\n')[:-1]
    for x in set(e+[l[11:].rsplit('/',1)[0] for l in o if'/'in l[11:]]):
        try:
            a.extend([x+'/'+n for n in L(x)])
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
    return[d,d not in k and m,r]`;

/**
 * Prints all the facts as JSON.
 * @param look result of an earlier probe in this session: only the rest is requested
 * @param hashes of manifests whose text need not travel
 */
export function factsProgram(
  look: Pick<ProbeResult, 'hasManifest' | 'hasHashes'>,
  hashes: readonly string[],
  folders: readonly string[],
): string {
  const manifest = look.hasManifest || folders.length > 0;
  const known = `G(${quote(hashes.join(' '))},[${folders.map(quote)}])`;
  return minify(`${look.hasHashes ? '' : HASHES}
${FACTS}
${manifest ? MANIFEST_FACTS : ''}
F(a,${manifest ? known : "['','','']"})
`);
}

const STATES: Readonly<Record<string, FileState>> = { '=': 'same', '!': 'changed', '-': 'missing' };

/** Result of the first probe of a board. */
export interface ProbeResult
  extends Pick<BoardFacts, 'platform' | 'version' | 'freeHeapBytes' | 'inflater' | 'hasStaged'> {
  /** Short hash of the manifest and all files that it lists; no hash where it or one of them is not there. */
  readonly contentHash: string;
  readonly hasManifest: boolean;
  /** `B` and `H` are defined: MicroPython has not been restarted since. */
  readonly hasHashes: boolean;
}

/**
 * Probes a board with few bytes, so that an unchanged installation is fast. Leaves `B` and `H` defined on it, for
 * readBoardFacts.
 * @throws as RawRepl.exec
 */
export async function probeBoard(repl: RawRepl): Promise<ProbeResult> {
  const answer = (await execGlance(repl)).trim().split(' ');
  const [platform = '', freeHeapBytes, hasStaged, contentHash = '', ...numbers] = answer;
  const version = numbers.map(Number);
  return {
    platform,
    version: version.join('.'),
    freeHeapBytes: Number(freeHeapBytes),
    inflater: inflaterOf(version),
    hasStaged: hasStaged === '1',
    contentHash,
    hasManifest: contentHash !== '-',
    hasHashes: true,
  };
}

/** Boards that cannot unpack it, or lack the memory for that, get it as it is. */
async function execGlance(repl: RawRepl): Promise<string> {
  try {
    return await repl.exec(packed([GLANCE], 'deflate'), { idleMs: 30_000 });
  } catch (error) {
    const isPackedToBlame =
      error instanceof PortalError && /^(Import|Memory)Error/m.test(error.boardOutput ?? '');
    if (!isPackedToBlame) throw error;
    return repl.exec(GLANCE, { idleMs: 30_000 });
  }
}

/**
 * Whether the board has exactly these files, all listed in this manifest, and no unfinished installation.
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
 * @param known texts of manifests that need not be sent, because the host would write the same
 * @param folders in which other files may conflict; they need not exist
 * @param sendsFiles files are sent next: includes the receiver, if there is enough memory
 * @throws PortalError `board-no-filesystem`, `board-…`; as RawRepl.exec
 */
export async function readBoardFacts(
  repl: RawRepl,
  probe: Omit<ProbeResult, 'contentHash' | 'hasStaged' | 'version'>,
  known: readonly string[],
  folders: readonly string[] = [],
  sendsFiles = false,
): Promise<BoardFacts> {
  const hashes = known.map((text) => shortHash(Buffer.from(text)));
  const hasReceiver = sendsFiles && probe.freeHeapBytes > PACKED_HEAP_BYTES;
  const programs = [factsProgram(probe, hashes, folders)];
  if (hasReceiver) programs.push(receiverProgram(probe.platform, probe.inflater, STAGING_FOLDER));
  const output = await repl.exec(forTheWire(programs, probe), { idleMs: 30_000 });
  const texts = new Map(hashes.map((hash, index) => [hash, known[index] ?? '']));
  return { ...parseFacts(output, texts), hasReceiver };
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
export function parseFacts(
  output: string,
  known: ReadonlyMap<string, string>,
): Omit<BoardFacts, 'hasReceiver'> {
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
