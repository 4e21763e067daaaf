// Secrets of a script, which come in lines through a pipe.

import type { Host } from '../../host.js';

/** More than eight fields of the form can have. */
const MAX_INPUT_BYTES = 4096;

/**
 * Lines of standard input, without their ends.
 * @param enough does not wait for more than so many
 * @throws the signal's reason
 */
export async function stdinLines(
  input: Host['stdin'],
  signal: AbortSignal,
  enough = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  let bytes = Buffer.alloc(0);
  const stop = () => input.destroy(signal.reason);
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of input) {
      bytes = Buffer.concat([bytes, Buffer.from(chunk)]);
      if (bytes.length > MAX_INPUT_BYTES || bytes.toString('latin1').split('\n').length > enough) break;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  const lines = bytes.subarray(0, MAX_INPUT_BYTES).toString('utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop(); // the text after the last line's end
  return lines;
}
