// What was probably meant by an address under which there is no port.

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
 * @param exists whether a path is there
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
  // A scheme without what it needs is no address, and neither is the one that was not there.
  return rest === '' && scheme !== 'virtual' ? undefined : guess === address ? undefined : guess;
}
