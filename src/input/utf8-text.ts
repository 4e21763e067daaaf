// Text of a file that must be UTF-8: another encoding would put U+FFFD into names and onto labels.

import { isUtf8 } from 'node:buffer';
import { FileProblem } from './regular-file.js';

/**
 * Without a byte order mark, which Windows editors write.
 * @throws FileProblem with the first line that is not UTF-8
 */
export function utf8Text(given: Uint8Array): string {
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.byteLength);
  if (isUtf8(bytes)) return bytes.toString().replace(/^\ufeff/, '');
  const lines = bytes.toString('latin1').split('\n');
  const index = lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1')));
  throw new FileProblem(`is not UTF-8 (line ${index + 1})`);
}
