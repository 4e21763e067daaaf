// The captive portal as files for a board, in the form that the board can import. Packed by scripts/pack-bundle.js.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

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

interface IndexEntry {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

const FOLDER = new URL('../../dist/portal/bundle/', import.meta.url);

/**
 * Reads what was packed with this version.
 * @throws Error when a file of the package is damaged
 */
export async function readPortalBundle(): Promise<PortalBundle> {
  const index = JSON.parse(await readFile(new URL('index.json', FOLDER), 'utf8')) as Record<
    BundleForm,
    IndexEntry[]
  >;
  const read = (form: BundleForm) => Promise.all(index[form].map((entry) => readEntry(form, entry)));
  const [mpy6, mpy5, source] = await Promise.all([read('mpy6'), read('mpy5'), read('source')]);
  return { mpy6, mpy5, source };
}

async function readEntry(form: BundleForm, { path, sha256 }: IndexEntry): Promise<BundleFile> {
  const bytes = await readFile(new URL(`${form}/${path}`, FOLDER));
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error(`esp-portal's own file ${form}/${path} is damaged: install the package again.`);
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
