// Plans the changes of an installation: compares the wanted files with those on the board. Pure.

import type { BoardFacts, InstalledFile } from './board-facts.js';
import { type BundleFile, MAIN_FILE } from './bundle.js';
import { type CommitPlan, commitProgram, foldersOf } from './commit-program.js';
import { type FileKind, formatManifest, MANIFEST_FILE, type ManifestEntry, shortHash } from './manifest.js';
import portalLines from './portal_lines.py';
import { reservedNames } from './reserved-names.js';

/** What to do with a main.py that is not from esp-portal: keep it, append to it, or replace it. */
export type MainMode = 'keep' | 'append' | 'replace';

export interface Wanted {
  /** The portal in the form for this board, main.py included. */
  readonly portal: readonly BundleFile[];
  /** Undefined: the configuration on the board stays as it is. */
  readonly config: BundleFile | undefined;
  /** Undefined: the user's program on the board stays as it is. */
  readonly app: readonly BundleFile[] | undefined;
  readonly mainMode: MainMode;
}

export interface InstallPlan {
  /** Files whose content travels, in this order, less the manifest and the commit program. */
  readonly sent: readonly BundleFile[];
  readonly manifest: string;
  readonly removed: readonly string[];
  /** Other files and folders with the names of new files, and their new names. */
  readonly kept: ReadonlyMap<string, string>;
  /** Whether main.py starts the portal, esp-portal's or the user's. */
  readonly main: 'portal' | 'starts-portal' | 'without-portal';
  readonly commit: CommitPlan;
  /** Nothing has to be changed. */
  readonly isNothing: boolean;
}

interface KindFile extends BundleFile {
  readonly kind: FileKind;
}

/** What a user's own main.py needs. */
export const PORTAL_LINES = portalLines;

/** Manifests of an unchanged installation, which the board need not send. */
export function likelyManifests(wanted: Omit<Wanted, 'mainMode'>): string[] {
  return [true, false].map((withMain) =>
    formatManifest(
      allFiles(wanted)
        .filter(({ path }) => withMain || path !== MAIN_FILE)
        .map(entryOf),
    ),
  );
}

/** @param foreignMain a main.py that is to be added to */
export function planInstall(wanted: Wanted, facts: BoardFacts, foreignMain?: Uint8Array): InstallPlan {
  const installed = new Map(facts.installed.map((file) => [file.path, file]));
  const main = planMain(wanted, facts, installed.get(MAIN_FILE), foreignMain);
  const files = allFiles(wanted).filter(({ path }) => path !== MAIN_FILE || main.file === 'portal');
  const reservedProblem = reservedNames(wanted.portal);
  // A program of an earlier version may have files where they would put the portal out of action: they go.
  const staying = facts.installed.filter(
    (file) => stays(file, wanted) && (file.kind !== 'app' || reservedProblem(file.path) === undefined),
  );
  const entries = [...files.map(entryOf), ...staying];
  const manifest = formatManifest(entries);

  const sent: BundleFile[] = files.filter((file) => !isThere(file, installed.get(file.path)));
  if (main.appended) sent.push({ path: MAIN_FILE, bytes: main.appended });
  const { kept, removed } = planOthers(sent, facts, new Set(entries.map(({ path }) => path)));
  const mainIndex = sent.findIndex(({ path }) => path === MAIN_FILE);
  const commit: CommitPlan = {
    paths: [...sent.map(({ path }) => path), MANIFEST_FILE],
    kept,
    removed,
    main: mainIndex >= 0 ? mainIndex : 'keep',
    mainCopy: main.copy,
  };
  const isNothing =
    sent.length + removed.length + kept.size === 0 && shortHash(Buffer.from(manifest)) === facts.manifestHash;
  return {
    sent,
    manifest,
    removed,
    kept: withMainCopy(kept, main.copy),
    main: main.state,
    commit,
    isNothing,
  };
}

/**
 * Files that are not part of the installation any more or in its way: renamed where a user wrote them, else removed.
 * @param listed paths of the new manifest
 */
function planOthers(
  sent: readonly BundleFile[],
  facts: BoardFacts,
  listed: ReadonlySet<string>,
): Pick<CommitPlan, 'kept' | 'removed'> {
  const dropped = facts.installed.filter(
    ({ path, state }) => !listed.has(path) && path !== MAIN_FILE && state !== 'missing',
  );
  const inTheWay = whatIsInTheWay(sent, facts, listed);
  const isTakenAlong = (path: string) => foldersOf([path]).some((folder) => inTheWay.includes(folder));
  // No longer part of the portal, but changed on the board: kept.
  const edited = dropped.filter((file) => isEdited(file) && !isTakenAlong(file.path));
  const kept = new Map(
    [...inTheWay, ...edited.map(({ path }) => path)].map((path) => [path, freeName(path, facts)] as const),
  );
  const removed = dropped.filter((file) => !isEdited(file)).map(({ path }) => path);
  return { kept, removed };
}

/** Replaces the settings alone: all else stays as the manifest lists it, and in the order of an installation. */
export function planSettings(config: BundleFile, facts: BoardFacts): Staged {
  const others = facts.installed.filter(({ path }) => path !== config.path);
  const firstOfApp = others.findIndex(({ kind }) => kind === 'app');
  const place = firstOfApp < 0 ? others.length : firstOfApp;
  const entries = others.toSpliced(place, 0, { ...entryOf({ ...config, kind: 'config' }), state: 'same' });
  const { kept, removed } = planOthers([config], facts, new Set(entries.map(({ path }) => path)));
  const paths = [config.path, MANIFEST_FILE];
  return {
    sent: [config],
    manifest: formatManifest(entries),
    commit: { paths, kept, removed, main: 'keep' },
  };
}

type Staged = Pick<InstallPlan, 'sent' | 'manifest' | 'commit'>;

/** All that is staged: what is sent, the manifest, and the program that commits them. */
export function stagedFiles({ sent, manifest, commit }: Staged): BundleFile[] {
  return [
    ...sent,
    { path: MANIFEST_FILE, bytes: Buffer.from(manifest) },
    { path: 'commit program', bytes: Buffer.from(commitProgram(commit)) },
  ];
}

function allFiles({ portal, config, app = [] }: Omit<Wanted, 'mainMode'>): KindFile[] {
  return [
    ...portal.map((file) => ({ ...file, kind: 'portal' as const })),
    ...(config ? [{ ...config, kind: 'config' as const }] : []),
    ...app.map((file) => ({ ...file, kind: 'app' as const })),
  ];
}

function entryOf({ kind, path, bytes }: KindFile): ManifestEntry {
  return { kind, path, hash: shortHash(bytes) };
}

function isThere(file: BundleFile, there: InstalledFile | undefined): boolean {
  return there?.state === 'same' && there.hash === shortHash(file.bytes);
}

/** Settings or a program of an earlier installation that this one does not change. */
function stays({ kind, state }: InstalledFile, { config, app }: Wanted): boolean {
  if (state === 'missing') return false;
  return (kind === 'config' && config === undefined) || (kind === 'app' && app === undefined);
}

interface MainPlan {
  /** Whose main.py the board has afterwards. */
  readonly file: 'portal' | 'foreign';
  readonly state: InstallPlan['main'];
  readonly appended?: Uint8Array;
  readonly copy?: string;
}

function planMain(
  { mainMode }: Wanted,
  facts: BoardFacts,
  installed: InstalledFile | undefined,
  foreignMain: Uint8Array | undefined,
): MainPlan {
  const exists = installed
    ? installed.state !== 'missing'
    : facts.otherNames.includes(MAIN_FILE) && !facts.folders.includes(MAIN_FILE);
  const isPortalMain = !exists || installed?.state === 'same';
  if (isPortalMain) return { file: 'portal', state: 'portal' };
  if (mainMode === 'replace') return { file: 'portal', state: 'portal', copy: freeName(MAIN_FILE, facts) };
  if (facts.mainStartsPortal) return { file: 'foreign', state: 'starts-portal' };
  if (mainMode === 'keep' || foreignMain === undefined) return { file: 'foreign', state: 'without-portal' };
  const isLineOpen = foreignMain.length > 0 && foreignMain.at(-1) !== 0x0a;
  const separator = Buffer.from(isLineOpen ? '\n\n' : '\n');
  return {
    file: 'foreign',
    state: 'starts-portal',
    appended: Buffer.concat([foreignMain, separator, Buffer.from(PORTAL_LINES)]),
    copy: freeName(MAIN_FILE, facts),
  };
}

/** Bytecode is not edited: where it differs it is damaged. */
function isEdited({ path, state }: InstalledFile): boolean {
  return state === 'changed' && !path.endsWith('.mpy');
}

/**
 * Other files with the names of new ones, or that Python would import instead: a folder of the module's name comes first,
 * and `.py` before `.mpy`; or a file where a new folder is needed.
 */
function whatIsInTheWay(
  sent: readonly BundleFile[],
  facts: BoardFacts,
  listed: ReadonlySet<string>,
): readonly string[] {
  const { folders, otherNames } = facts;
  const installed = new Map(facts.installed.map((file) => [file.path, file]));
  const isFolder = (path: string) => folders.includes(path);
  const isForeignFile = (path: string) => {
    const there = installed.get(path);
    return there ? isEdited(there) : otherNames.includes(path);
  };
  /** A folder is kept if it has other files, and removed when it is empty. */
  const isForeignFolder = (path: string) => {
    const isInside = (name: string) => name.startsWith(`${path}/`);
    if ([...listed].some(isInside)) return false;
    const ours = facts.installed.filter((file) => isInside(file.path));
    return ours.length === 0 || ours.some(isEdited) || otherNames.some(isInside);
  };
  const places = sent
    .map(({ path }) => path)
    .filter((path) => path !== MAIN_FILE)
    .concat([MANIFEST_FILE, MAIN_FILE].filter(isFolder))
    .flatMap((path) => [
      path,
      path.replace(/\.mpy$/, '.py'),
      ...[path.replace(/\.m?py$/, '')].filter(isFolder),
      ...foldersOf([path]).filter((folder) => !isFolder(folder)),
    ]);
  return [...new Set(places)].filter((path) =>
    isFolder(path) ? isForeignFolder(path) : isForeignFile(path),
  );
}

/** A folder called main.py, which MicroPython passes over, and the name under which it is kept. */
export function mainFolder(facts: BoardFacts): ReadonlyMap<string, string> {
  return new Map(facts.folders.includes(MAIN_FILE) ? [[MAIN_FILE, freeName(MAIN_FILE, facts)]] : []);
}

/** An unused name: an earlier file may have been renamed before. */
function freeName(path: string, { otherNames }: BoardFacts): string {
  let name = `${path}.old`;
  for (let number = 2; otherNames.includes(name); number++) name = `${path}.old${number}`;
  return name;
}

function withMainCopy(
  kept: ReadonlyMap<string, string>,
  copy: string | undefined,
): ReadonlyMap<string, string> {
  return copy === undefined ? kept : new Map([...kept, [MAIN_FILE, copy]]);
}
