// A process for one command line of several in this one: pipes instead of a terminal, and no signals.

import { PassThrough, Readable } from 'node:stream';
import type { Host } from '../../src/cli/host.js';

export interface FakeHost {
  readonly host: Host;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

/** @param input what its stdin has */
export function fakeHost(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd = process.cwd(),
  input = '',
): FakeHost {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)]);
  const argv = [process.execPath, 'esp-portal', ...args];
  const host = { argv, env, cwd: () => cwd, exitCode: undefined, stdin, stdout, stderr };
  // What the program uses of a terminal it finds out to be missing, as of a pipe.
  return { host: host as unknown as Host, stdout, stderr };
}
