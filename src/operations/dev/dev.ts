// dev: installs a program, follows the log, and sends what changes in its folder, again and again.

import type { Port } from '../../port/port.js';
import type { BundleFile } from '../../portal/bundle.js';
import type { OnProgress } from '../../progress.js';
import { restartWhileFollowed } from '../log/restart-board.js';
import { FolderWatch, type FolderWatchOptions } from './folder-watch.js';
import { FollowedPort, type FollowedPortOptions, isPortGone } from './followed-port.js';
import { withLocalPlaces } from './local-places.js';
import { type Program, ProgramFolder, problemOf } from './program-folder.js';
import { ProgramOnBoard, type ProgramOnBoardOptions } from './program-on-board.js';

const CTRL_C = Uint8Array.of(3);

export interface DevOptions extends FollowedPortOptions, Omit<ProgramOnBoardOptions, 'signal'> {
  readonly folder: string;
  /** Send modules as bytecode (mpy-cross). */
  readonly compiled?: boolean | undefined;
  /** For a folder that a project's file names. */
  readonly refuseLinksOut?: boolean | undefined;
  readonly watch?: FolderWatchOptions['watch'] | undefined;
  readonly onProgress?: OnProgress | undefined;
}

type Request = 'change' | 'install' | 'restart' | 'portal' | 'repl' | 'leave-repl';

/**
 * Runs until the signal aborts.
 * @throws PortalError as install, before the first success; `port-lost` without `reopen`; the signal's reason
 */
export async function dev(port: Port, options: DevOptions): Promise<never> {
  return new Dev(port, options).run();
}

/** A loop of editing, for callers that steer it meanwhile. */
export class Dev {
  readonly #options: DevOptions;
  readonly #onProgress: OnProgress;
  readonly #requests: Request[] = ['install'];
  readonly #followed: FollowedPort;
  readonly #onBoard: ProgramOnBoard;
  #wake = new AbortController();
  #program: Program | undefined;
  #isInRepl = false;
  #changedAt = performance.now();

  constructor(port: Port, options: DevOptions) {
    const { onProgress = () => {}, onLog } = options;
    this.#options = options;
    this.#onProgress = onProgress;
    this.#followed = new FollowedPort(port, {
      ...options,
      onLog: (entry) => onLog?.(this.#program ? withLocalPlaces(entry, this.#program.local) : entry),
    });
    this.#onBoard = new ProgramOnBoard(() => this.#followed.port, onProgress, options);
  }

  /** Once a Dev. */
  async run(): Promise<never> {
    const { folder, watch } = this.#options;
    await using _reopened = this.#followed;
    using source = new ProgramFolder(this.#options);
    using changes = new FolderWatch(folder, {
      ...(watch && { watch }),
      onChange: () => {
        if (!this.#requests.includes('change')) this.#changedAt = performance.now();
        this.#request('change');
      },
      onPoll: (pollsBecause) => this.#onProgress({ event: 'watching', folder, pollsBecause }),
    });
    await changes.start(); // what changes while it is read is sent next
    for (;;) await this.#handle(await this.#next(), source);
  }

  /** Restarts the board. */
  restart(): void {
    this.#request('restart');
  }

  /** Opens the portal, though a network is stored. */
  openPortal(): void {
    this.#request('portal');
  }

  /** Interrupts the program; changes wait until leaveRepl. */
  enterRepl(): void {
    this.#request('repl');
  }

  leaveRepl(): void {
    this.#request('leave-repl');
  }

  /** Sends to the board. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#followed.port.write(bytes);
  }

  #request(request: Request): void {
    if (!this.#requests.includes(request)) this.#requests.push(request);
    this.#wake.abort();
  }

  /** Follows the log until something is to be done. */
  async #next(): Promise<Request> {
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const request = this.#requests.find((each) => !(this.#isInRepl && each === 'change'));
      if (request !== undefined) {
        this.#requests.splice(this.#requests.indexOf(request), 1);
        return request;
      }
      this.#wake = new AbortController();
      const { signal: woken } = this.#wake;
      await this.#reconnecting(() => this.#followed.follow(woken));
    }
  }

  async #handle(request: Request, source: ProgramFolder): Promise<void> {
    this.#followed.showRest();
    try {
      await this.#reconnecting(() => this.#act(request, source));
    } catch (error) {
      if (!this.#onBoard.hasInstalled || this.#options.signal?.aborted || isPortGone(error)) throw error;
      this.#onBoard.forget();
      this.#onProgress(problemOf(error));
    }
  }

  async #act(request: Request, source: ProgramFolder): Promise<void> {
    switch (request) {
      case 'install':
      case 'change':
        return this.#send(source);
      case 'restart':
        return restartWhileFollowed(this.#followed.port, this.#options.signal);
      case 'portal':
        return this.#onBoard.openPortal();
      case 'repl':
        this.#isInRepl = true;
        return this.write(CTRL_C);
      case 'leave-repl':
        this.#isInRepl = false;
        return this.#requests.includes('change')
          ? undefined
          : this.#onBoard.restart(this.#program?.files ?? []);
    }
  }

  async #send(source: ProgramFolder): Promise<void> {
    const isFirst = !this.#onBoard.hasInstalled;
    const read = await source.read().catch((error: unknown) => {
      if (isFirst) throw error;
      return problemOf(error);
    });
    if ('event' in read) return this.#onProgress(read);
    const isNew = !this.#onBoard.isKnown || !this.#program || !isSame(read.files, this.#program.files);
    this.#program = read;
    try {
      if (isNew) await this.#onBoard.send(read.files, this.#changedAt);
    } finally {
      const { folder } = this.#options;
      if (isFirst && this.#onBoard.hasInstalled) this.#onProgress({ event: 'watching', folder });
    }
  }

  /** Waits for a port that went away, and installs again: the board may be another one. */
  async #reconnecting(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#onBoard.hasInstalled || !isPortGone(error)) throw error;
      await this.#followed.reopen(error);
      this.#onBoard.forget();
      this.#changedAt = performance.now();
      this.#isInRepl = false;
      this.#request('install');
    }
  }
}

function isSame(files: readonly BundleFile[], others: readonly BundleFile[]): boolean {
  return (
    files.length === others.length &&
    files.every(({ path, bytes }, index) => {
      const other = others[index];
      return other?.path === path && Buffer.compare(bytes, other.bytes) === 0;
    })
  );
}
