// A board's bytes on standard output as they come, without line ends to wait for.

import type { Host } from '../host.js';
import { TerminalFilter } from './text.js';

/** To a terminal goes what cannot steer it; a pipe or a file gets the bytes. */
export function rawSink({
  interactive,
  stdout,
}: {
  interactive: boolean;
  stdout: Host['stdout'];
}): { push: (bytes: Uint8Array) => void } & Disposable {
  if (!stdout.isTTY) return { push: (bytes) => void stdout.write(bytes), [Symbol.dispose]() {} };
  const filter = new TerminalFilter({ allowsEditing: interactive });
  return {
    push: (bytes) => void stdout.write(filter.push(bytes)),
    [Symbol.dispose]: () => void stdout.write(filter.end()),
  };
}
