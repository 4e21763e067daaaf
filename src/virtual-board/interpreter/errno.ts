// MicroPython's error numbers (py/mperrno.h), as the board's functions return them: negative.

export const ENOENT = 2;
export const EBADF = 9;
export const EAGAIN = 11;
export const EEXIST = 17;
export const ENOTDIR = 20;
export const EISDIR = 21;
export const EINVAL = 22;
export const ENOSPC = 28;
const ENOTEMPTY = 39;
export const EOPNOTSUPP = 95;
export const EADDRINUSE = 98;
export const ECONNRESET = 104;
export const ENOTCONN = 107;
const EIO = 5;
export const ENOMEM = 12;

const BY_NODE_CODE: Readonly<Record<string, number>> = {
  ENOENT,
  EEXIST,
  ENOTDIR,
  EISDIR,
  EINVAL,
  ENOSPC,
  ENOTEMPTY,
  EBADF,
  EADDRINUSE,
  ECONNRESET,
  EPIPE: ECONNRESET,
  ENAMETOOLONG: 36,
  EPERM: 1,
  EACCES: 13,
};

/** @returns the negative number for an error of Node.js; rethrows what is no such error */
export function errnoOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') throw error;
  return -(BY_NODE_CODE[code] ?? EIO);
}
