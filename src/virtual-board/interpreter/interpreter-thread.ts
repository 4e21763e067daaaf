// Threads in which interpreters run, one after the other: a thread takes as long to start as MicroPython itself.

import { Worker } from 'node:worker_threads';
import { packageFile } from '../../package-file.js';
import { optimizeInTheWorker } from './runtime/machine-code.js';
import type { SharedMemory } from './shared-memory.js';
import type { ToHost, WorkerData } from './worker-messages.js';

/** For an interpreter that waits, as most do; one that computes is ended with its thread. */
const STOPS_WITHIN_MS = 100;
/** One that is loaded stops before its first program. */
const LOADS_WITHIN_MS = 5000;
/** A terminated thread runs no more code, so the end of its tear-down need not be awaited. */
const TEAR_DOWN_MS = 5000;

const idle: Worker[] = [];

export interface ThreadEvents {
  onMessage(message: ToHost): void;
  onCrash(error: Error): void;
}

/** A thread with one interpreter. */
export class InterpreterThread {
  readonly #worker: Worker;
  readonly #memory: SharedMemory;
  #ended: Promise<void> | undefined;

  constructor(data: WorkerData, memory: SharedMemory, { onMessage, onCrash }: ThreadEvents) {
    this.#memory = memory;
    this.#worker = idle.pop() ?? startWorker();
    this.#worker.ref();
    this.#worker.on('message', onMessage).on('error', onCrash);
    this.#worker.postMessage(data, [data.replies]);
  }

  /** Ends the interpreter, once. The thread stays for another one, where it can. */
  stop(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    worker
      .removeAllListeners('message')
      .removeAllListeners('error')
      .on('error', () => {});
    let timer: NodeJS.Timeout | undefined;
    const hasStopped = new Promise<boolean>((resolve) => {
      worker.on('message', ({ kind }: ToHost) => kind === 'stopped' && resolve(true));
      this.#memory.stop();
      timer = setTimeout(() => resolve(false), this.#memory.listens ? STOPS_WITHIN_MS : LOADS_WITHIN_MS);
    });
    const isReusable = await hasStopped;
    clearTimeout(timer);
    if (isReusable) {
      worker.removeAllListeners('message').removeAllListeners('error').unref();
      idle.push(worker);
    } else await terminate(worker);
  }
}

function startWorker(): Worker {
  optimizeInTheWorker();
  // Messages of Emscripten (about exhausted memory) must not reach the user's terminal. They are not read: a stream that
  // is read keeps this process alive.
  return new Worker(packageFile('dist/virtual-board-worker.js'), { stdout: true, stderr: true });
}

async function terminate(worker: Worker): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, TEAR_DOWN_MS);
  });
  await Promise.race([worker.terminate(), patience]);
  clearTimeout(timer);
  worker.unref();
}
