// Distinguishes the values of `--firmware` by their form. Pure text.

import type { Release } from './choose.js';
import { type ImageName, parseImageName } from './image-name.js';

export type FirmwareSpec =
  | { readonly kind: 'release'; readonly release: Release }
  | { readonly kind: 'url'; readonly url: string }
  /** A file or, if it does not exist, the build of this name. */
  | { readonly kind: 'file'; readonly path: string; readonly build: ImageName | undefined };

/** @param text a file, an address, a version with or without `v`, `latest` or `preview` */
export function parseFirmwareSpec(text: string): FirmwareSpec {
  if (text === 'latest' || text === 'preview') return { kind: 'release', release: text };
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: text };
  const version = /^v?(\d+\.\d+(?:\.\d+)?(?:-preview\.\d+\.g[\da-f]+)?)$/.exec(text)?.[1];
  if (version !== undefined) return { kind: 'release', release: { version } };
  return { kind: 'file', path: text, build: parseImageName(text) };
}
