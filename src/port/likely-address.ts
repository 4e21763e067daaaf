// Suggests an address for one that does not exist.

import { existsSync } from 'node:fs';
import { nearest } from '../input/did-you-mean.js';

/** How the addresses of each kind begin. */
const PREFIXES: Readonly<Record<string, string>> = {
  virtual: 'virtual:',
  id: 'id:',
  mac: 'mac:',
  socket: 'socket://',
  rfc2217: 'rfc2217://',
};

/**
 * @param exists whether a path exists
 * @returns an address to try, `undefined` when nothing is near
 */
export function likelyAddress(
  address: string,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  const [, word = '', rest = ''] = /^(\w*)(?::\/*)?(.*)$/.exec(address) ?? [];
  if (word !== '' && rest === '' && exists(`/dev/${word}`)) return `/dev/${word}`;
  const scheme = nearest(word, Object.keys(PREFIXES));
  const guess = scheme && `${PREFIXES[scheme]}${rest}`;
  // A scheme without its parameters is not an address, and neither is the missing one.
  return rest === '' && scheme !== 'virtual' ? undefined : guess === address ? undefined : guess;
}
