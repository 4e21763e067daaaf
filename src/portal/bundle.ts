// The captive portal as files for a board, in the form that the board can import. Packed by scripts/pack-portal.js.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { packageFile } from '../package-file.js';
import type { Language } from './pages/languages.js';

/** How modules are packed: bytecode of MicroPython 1.19 and later, of 1.12 to 1.18, or none. */
export type BundleForm = 'mpy6' | 'mpy5' | 'source';

/** A file as it shall be on the board. */
export interface BundleFile {
  /** Path on the board, without a leading slash. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The portal in every form. */
export type PortalBundle = Readonly<Record<BundleForm, readonly BundleFile[]>>;

/** The program that MicroPython runs at start. */
export const MAIN_FILE = 'main.py';

/** Modules that a board needs only where an option is set, by the option. */
const OPTIONAL_MODULES: ReadonlyMap<string, string> = new Map([['button', 'button']]);

/** The files that a board with these options needs: what is not used takes no space and no time. */
export function neededFiles(
  files: readonly BundleFile[],
  options: ReadonlyMap<string, unknown>,
): readonly BundleFile[] {
  const unused = [...OPTIONAL_MODULES].filter(([option]) => !options.has(option)).map(([, module]) => module);
  return files.filter(({ path }) => !isOneOf(path, unused));
}

interface PackedFile {
  readonly path: string;
  readonly sha256: string;
  readonly base64: string;
}

type PackedBundle = Readonly<Record<BundleForm, readonly PackedFile[]>>;

/**
 * Reads what was packed with this version.
 * @throws Error when a file of the package is damaged
 */
export async function readPortalBundle(): Promise<PortalBundle> {
  const { mpy6, mpy5, source } = await readJson<PackedBundle>('portal.json');
  return { mpy6: mpy6.map(unpack), mpy5: mpy5.map(unpack), source: source.map(unpack) };
}

/**
 * Puts in place of English files those of another language, and adds those that only it has.
 * @throws Error when a file of the package is damaged
 */
export async function inLanguage(
  files: readonly BundleFile[],
  form: BundleForm,
  language: Language,
): Promise<readonly BundleFile[]> {
  if (language === 'en') return files;
  const packed = await readJson<Record<Language, PackedBundle>>('portal-languages.json');
  const others = new Map(packed[language][form].map((file) => [file.path, unpack(file)]));
  const known = new Set(files.map(({ path }) => path));
  const added = [...others.values()].filter(({ path }) => !known.has(path));
  return [...files.map((file) => others.get(file.path) ?? file), ...added];
}

/** Modules of a board whose form has custom fields, or asks for a static address, which is one. */
export const MODULES_OF_FIELDS: readonly string[] = ['kept', 'index'];
/** Of a board whose form asks for a static address; see device-py/static_join.py. */
export const MODULES_OF_ADDRESS: readonly string[] = ['static_ip', 'plain_join'];

/**
 * Adds the modules of custom fields.
 * @param asksAddress with those of a static address: the module that joins gets another name, and one that sets the address its
 *   place
 * @throws Error when a file of the package is damaged
 */
export async function withFields(
  files: readonly BundleFile[],
  form: BundleForm,
  { language, asksAddress }: { readonly language: Language; readonly asksAddress: boolean },
): Promise<readonly BundleFile[]> {
  const packed = await readJson<Record<Language, PackedBundle>>('portal-optional.json');
  const optional = packed[language][form].map(unpack);
  if (!asksAddress) return [...files, ...optional.filter(({ path }) => isOneOf(path, MODULES_OF_FIELDS))];
  return [...files.map(named('wifi_join', 'plain_join')), ...optional.map(named('static_join', 'wifi_join'))];
}

function isOneOf(path: string, modules: readonly string[]): boolean {
  return modules.includes(path.replace(/\.m?py$/, ''));
}

function named(module: string, name: string): (file: BundleFile) => BundleFile {
  return (file) => (isOneOf(file.path, [module]) ? { ...file, path: file.path.replace(module, name) } : file);
}

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(packageFile(`dist/${name}`), 'utf8')) as T;
}

function unpack({ path, sha256, base64 }: PackedFile): BundleFile {
  const bytes = Buffer.from(base64, 'base64');
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`esp-portal's own copy of ${path} is damaged: install the package again.`);
  }
  return { path, bytes };
}

/**
 * The form that a board imports.
 * @param mpy its `sys.implementation._mpy` (before 1.20 `mpy`), 0 where it has none. Format 5 also depends on two
 *   flags above the version: mpy-cross compiles for boards with Unicode strings and without lookup caches (2).
 */
export function bundleFormFor(mpy: number): BundleForm {
  const format = mpy & 0xff;
  if (format === 6) return 'mpy6';
  return format === 5 && ((mpy >> 8) & 3) === 2 ? 'mpy5' : 'source';
}
