// A process for one command line of several in this one: pipes instead of a terminal, and signals as events.

import { EventEmitter } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import type { Host } from '../../src/cli/host.js';

interface Given {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly input: string | undefined;
}

export interface FakeHost {
  readonly host: Host;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

export function fakeHost({ args, env, input }: Given): FakeHost {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const stdin = Readable.from(input === undefined ? [] : [Buffer.from(input)]);
  const host = Object.assign(new EventEmitter(), {
    argv: [process.execPath, 'esp-portal', ...args],
    env,
    cwd: () => process.cwd(),
    exitCode: undefined,
    pid: process.pid,
    kill: () => {
      throw new Error('This command line is one of several in its process.');
    },
    ...{ stdin, stdout, stderr },
  });
  // What the program uses of a terminal it finds out to be missing, as of a pipe.
  return { host: host as unknown as Host, stdout, stderr };
}
