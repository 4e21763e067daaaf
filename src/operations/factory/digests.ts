// What identifies the firmware and the program of a board in the record.

import { createHash } from 'node:crypto';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { BundleFile } from '../../portal/bundle.js';

const ofImages = new WeakMap<Uint8Array, string>();

/** SHA-256 of an image, computed once for all boards that get it. */
export function sha256Of({ bytes }: Pick<FirmwareImage, 'bytes'>): string {
  const digest = ofImages.get(bytes) ?? createHash('sha256').update(bytes).digest('hex');
  ofImages.set(bytes, digest);
  return digest;
}

/** SHA-256 of the program: a line `<SHA-256>  <path>` a file, as sha256sum prints them, in the order of the paths. */
export function filesDigest(files: readonly BundleFile[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    hash.update(`${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`);
  return hash.digest('hex');
}
