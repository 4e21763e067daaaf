// The list of what esp-portal has put on a board, kept there as a file. Pure: text in, text out.

import { createHash } from 'node:crypto';

export const MANIFEST_FILE = 'portal.manifest';

/** Whose file it is: the portal's, its configuration, the user's program. */
export type FileKind = 'portal' | 'config' | 'app';

export interface ManifestEntry {
  readonly kind: FileKind;
  /** See shortHash. */
  readonly hash: string;
  readonly path: string;
}

const LETTERS: Readonly<Record<FileKind, string>> = { portal: 'p', config: 'c', app: 'a' };

/** The first 48 bits of SHA-256 in base64: enough to distinguish versions of a file, and 8 bytes on the wire. */
export function shortHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest().subarray(0, 6).toString('base64');
}

/** One line a file, `<kind> <hash> <path>`. */
export function formatManifest(entries: readonly ManifestEntry[]): string {
  return entries.map(({ kind, hash, path }) => `${LETTERS[kind]} ${hash} ${path}\n`).join('');
}

/** @returns the entries; invalid lines are skipped, so that a damaged list does not claim other files */
export function parseManifest(text: string): ManifestEntry[] {
  const kinds = new Map(Object.entries(LETTERS).map(([kind, letter]) => [letter, kind as FileKind]));
  return text.split('\n').flatMap((line) => {
    const [, letter = '', hash = '', path = ''] = /^([pca]) ([\w+/]{8}) (\S.*)$/.exec(line) ?? [];
    const kind = kinds.get(letter);
    return kind === undefined ? [] : [{ kind, hash, path }];
  });
}
