// Reads the facts about a board for an installation in one round trip: firmware, memory, space, and the state of the
// installed files.

import builtIns from '../../board-scripts/common/built_ins.py';
import hashes from '../../board-scripts/common/hashes.py';
import factsSource from '../../board-scripts/facts/facts.py';
import glance from '../../board-scripts/facts/glance.py';
import {
  assemble,
  forTheWire,
  type Inflater,
  PACKED_HEAP_BYTES,
  packed,
} from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import { isListOf, isNumber, isText, parseAnswer } from '../../micropython/board-answer.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import { receiverProgram } from '../../micropython/receiver.js';
import type { BoardFacts, FileState, InstalledFile } from '../../portal/board-facts.js';
import { STAGING_FOLDER } from '../../portal/commit-program.js';
import { MANIFEST_FILE, parseManifest, shortHash } from '../../portal/manifest.js';

/** Prints what a first look shows, and leaves the functions of hashes.py defined. */
export const GLANCE = assemble([builtIns, hashes, glance]);

/**
 * Prints all the facts as JSON.
 * @param look result of an earlier probe in this session: only the rest is requested
 * @param hashesOfKnown of manifests whose text need not travel
 */
export function factsProgram(
  look: Pick<ProbeResult, 'hasManifest' | 'hasHashes'>,
  hashesOfKnown: readonly string[],
  folders: readonly string[],
): string {
  const programs = look.hasHashes ? [factsSource] : [builtIns, hashes, factsSource];
  return assemble(programs, {
    HAS_MANIFEST: look.hasManifest || folders.length > 0,
    KNOWN_HASHES: hashesOfKnown.join(' '),
    FOLDERS: folders,
  });
}

const STATES: Readonly<Record<string, FileState>> = { '=': 'same', '!': 'changed', '-': 'missing' };

/** Result of the first probe of a board. */
export interface ProbeResult
  extends Pick<BoardFacts, 'platform' | 'version' | 'freeHeapBytes' | 'inflater' | 'hasStaged'> {
  /** Short hash of the manifest and all files that it lists; no hash where it or one of them is not there. */
  readonly contentHash: string;
  readonly hasManifest: boolean;
  /** The functions of hashes.py are defined: MicroPython has not been restarted since. */
  readonly hasHashes: boolean;
}

/**
 * Probes a board with few bytes, so that an unchanged installation is fast. Leaves the functions of hashes.py defined on it, for
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
  const hashesOfKnown = known.map((text) => shortHash(Buffer.from(text)));
  const hasReceiver = sendsFiles && probe.freeHeapBytes > PACKED_HEAP_BYTES;
  const programs = [factsProgram(probe, hashesOfKnown, folders)];
  if (hasReceiver) programs.push(receiverProgram(probe.platform, probe.inflater, STAGING_FOLDER));
  const output = await repl.exec(forTheWire(programs, probe), { idleMs: 30_000 });
  const texts = new Map(hashesOfKnown.map((hash, index) => [hash, known[index] ?? '']));
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
  machineWithoutWifi: string,
  isCommitting: 0 | 1,
  mainStartsPortal: 0 | 1,
  manifestHash: string,
  manifest: string | false,
  states: string,
  entries: readonly string[],
];

const isFlag = (value: unknown) => typeof value === 'boolean';
const FIELDS: readonly ((value: unknown) => boolean)[] = [
  ...[isText, isListOf(isNumber), isNumber, isNumber, isNumber, isNumber, isFlag],
  ...[isText, isNumber, isNumber, isText],
  (manifest) => manifest === false || isText(manifest),
  ...[isText, isListOf(isText)],
];

function isAnswer(value: unknown): value is Answer {
  return Array.isArray(value) && value.length === FIELDS.length && FIELDS.every((is, at) => is(value[at]));
}

/**
 * @param known manifests by their short hashes
 * @throws PortalError `transfer-failed`
 */
export function parseFacts(
  output: string,
  known: ReadonlyMap<string, string>,
): Omit<BoardFacts, 'hasReceiver'> {
  const answer = parseAnswer(output, isAnswer);
  const [platform, version, mpy, freeHeapBytes, blockBytes, freeBlocks, takesBinary, ...rest] = answer;
  const [machineWithoutWifi, isCommitting, mainStartsPortal, manifestHash, manifestText, states, entries] =
    rest;
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
    machineWithoutWifi,
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
