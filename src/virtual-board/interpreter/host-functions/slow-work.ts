// What work takes on a chip, for a board on which it takes ten times as long: a chip's own times are too short to matter.

import type { HostFunction } from './host-channel.js';

/** littlefs appends to its metadata, one page, and now and then erases a sector for it. */
const CHANGE_MS = 10;
/** A sector is erased and programmed. */
const WRITE_MS_PER_BYTE = 60 / 4096;
/** Read data is processed, such as hashed. */
const READ_MS_PER_BYTE = 2.5 / 1024;
/** An ESP8266 compiles some 30 KB a second. */
export const COMPILE_MS_PER_BYTE = 33 / 1024;

/**
 * @param functions those of the filesystem
 * @param spend blocks for so many milliseconds of a chip
 */
export function withWork<T extends Readonly<Record<string, HostFunction>>>(
  functions: T,
  spend: (ms: number) => void,
): Record<keyof T, HostFunction> {
  const slowed = Object.entries(functions).map(([name, { parameters, run }]): [keyof T, HostFunction] => [
    name,
    {
      parameters,
      run: (args) => {
        const answer = run(args);
        spend(workMs(name, args, answer));
        return answer;
      },
    },
  ]);
  return Object.fromEntries(slowed) as Record<keyof T, HostFunction>;
}

function workMs(name: string, args: readonly unknown[], answer: unknown): number {
  const [first, second] = args;
  switch (name) {
    case 'file_read':
      return answer instanceof Uint8Array ? answer.length * READ_MS_PER_BYTE : 0;
    case 'file_write':
      return second instanceof Uint8Array ? second.length * WRITE_MS_PER_BYTE : 0;
    case 'file_open':
      return typeof second === 'string' && second.startsWith('r') ? 0 : CHANGE_MS;
    case 'path_rename':
    case 'path_remove':
    case 'path_mkdir':
      return first === undefined ? 0 : CHANGE_MS;
    default:
      return 0;
  }
}
