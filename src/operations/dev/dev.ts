// dev: installs a program, follows the log, and sends what changes in its folder, again and again.

import { PortalError } from '../../errors.js';
import type { LogEntry, LogEvent } from '../../log/events.js';
import type { Redactor } from '../../log/redaction/redactor.js';
import { SecretFilter } from '../../log/redaction/secret-filter.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { Port } from '../../port/port.js';
import { type BundleFile, type BundleForm, bundleFormFor } from '../../portal/bundle.js';
import type { OnProgress } from '../../progress.js';
import { resetAfterFailure } from '../install/apply-plan.js';
import { type InstallOptions, install } from '../install/install.js';
import { DISCARD } from '../install/staging.js';
import { BoardLog } from '../log/board-log.js';
import { restartWhileFollowed } from '../log/restart-board.js';
import { FolderWatch, type FolderWatchOptions } from './folder-watch.js';
import { type KnownBoard, learnBoard, sendDelta } from './known-board.js';
import { withLocalPlaces } from './local-places.js';
import { type Program, ProgramFolder, problemOf } from './program-folder.js';
import { startPortalNow, startProgram } from './start-program.js';

const CTRL_C = Uint8Array.of(3);
const ONE_HOUR_MS = 60 * 60 * 1000;

/** Adds to a program's files what else a board with modules of this form needs. */
export type AddPackages = (app: readonly BundleFile[], form: BundleForm) => Promise<readonly BundleFile[]>;

export interface DevOptions extends Pick<InstallOptions, 'config' | 'main' | 'uploadBaudRate'> {
  readonly folder: string;
  /** Send modules as bytecode (mpy-cross). */
  readonly compiled?: boolean | undefined;
  /** For a folder that a project's file names. */
  readonly refuseLinksOut?: boolean | undefined;
  readonly addPackages?: AddPackages | undefined;
  readonly redactor?: Redactor | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opens the port again after it went away; without it dev ends then. */
  readonly reopen?:
    | ((signal: AbortSignal | undefined) => Promise<{ port: Port; address: string }>)
    | undefined;
  readonly watch?: FolderWatchOptions['watch'] | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  /** Called with the board's bytes, passwords masked. */
  readonly onRaw?: ((bytes: Uint8Array) => void) | undefined;
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
  #port: Port;
  #hasReopened = false;
  #log: BoardLog;
  #wake = new AbortController();
  #program: Program | undefined;
  #known: KnownBoard | undefined;
  #hasInstalled = false;
  #isInRepl = false;
  #changedAt = performance.now();

  constructor(port: Port, options: DevOptions) {
    this.#options = options;
    this.#onProgress = options.onProgress ?? (() => {});
    this.#port = port;
    this.#log = this.#newLog();
  }

  /** Once a Dev. */
  async run(): Promise<never> {
    const { folder, watch } = this.#options;
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
    try {
      for (;;) await this.#handle(await this.#next(), source);
    } finally {
      if (this.#hasReopened) await this.#port[Symbol.asyncDispose](); // no other code has this port
    }
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
    await this.#port.write(bytes);
  }

  #request(request: Request): void {
    if (!this.#requests.includes(request)) this.#requests.push(request);
    this.#wake.abort();
  }

  /** Follows the log until something is to be done. */
  async #next(): Promise<Request> {
    const { signal } = this.#options;
    for (;;) {
      signal?.throwIfAborted();
      const request = this.#requests.find((each) => !(this.#isInRepl && each === 'change'));
      if (request !== undefined) {
        this.#requests.splice(this.#requests.indexOf(request), 1);
        return request;
      }
      this.#wake = new AbortController();
      const { signal: woken } = this.#wake;
      await this.#reconnecting(() => this.#follow(signal ? AbortSignal.any([signal, woken]) : woken, woken));
    }
  }

  async #follow(either: AbortSignal, woken: AbortSignal): Promise<void> {
    while (!woken.aborted) {
      try {
        const entry = await this.#log.next({ timeoutMs: ONE_HOUR_MS, signal: either });
        if (entry) this.#emit(entry);
      } catch (error) {
        this.#options.signal?.throwIfAborted();
        if (!woken.aborted) throw error;
      }
    }
  }

  async #handle(request: Request, source: ProgramFolder): Promise<void> {
    for (const entry of this.#log.rest()) this.#emit(entry);
    try {
      await this.#reconnecting(() => this.#act(request, source));
    } catch (error) {
      if (!this.#hasInstalled || this.#options.signal?.aborted || isPortGone(error)) throw error;
      this.#known = undefined; // read anew with the next change
      this.#onProgress(problemOf(error));
    }
  }

  async #act(request: Request, source: ProgramFolder): Promise<void> {
    switch (request) {
      case 'install':
      case 'change':
        if (await this.#read(source)) await this.#send();
        return;
      case 'restart':
        return restartWhileFollowed(this.#port, this.#options.signal);
      case 'portal':
        return this.#inSession(async (session) => {
          await session.stopProgram();
          await startPortalNow(session.repl);
        });
      case 'repl':
        this.#isInRepl = true;
        return this.write(CTRL_C);
      case 'leave-repl':
        this.#isInRepl = false;
        return this.#requests.includes('change') ? undefined : this.#restartProgram();
    }
  }

  /** @returns whether there is something to send */
  async #read(source: ProgramFolder): Promise<boolean> {
    const read = await source.read().catch((error: unknown) => {
      if (!this.#hasInstalled) throw error;
      return problemOf(error);
    });
    if ('event' in read) {
      this.#onProgress(read);
      return false;
    }
    const isNew = !this.#known || !this.#program || !isSame(read.files, this.#program.files);
    this.#program = read;
    return isNew;
  }

  async #send(): Promise<void> {
    const { files: own } = this.#programThere();
    const known = this.#known;
    if (known === undefined) return this.#install(own);
    const files = await this.#withPackages(own, bundleFormFor(known.facts.mpy));
    await this.#inSession(async (session) => {
      const delta = await sendDelta(session, known, files, this.#options.signal);
      if (delta === undefined) {
        this.#known = undefined;
        return this.#requests.unshift('install');
      }
      this.#known = delta.known;
      const { sent, removed } = delta.plan;
      const restart = await startProgram(session.repl, files, startsPortal(delta.known));
      return this.#onProgress({
        event: 'sent',
        sent: sent.map(({ path }) => path),
        removed,
        bytes: sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
        sentBytes: delta.sentBytes,
        milliseconds: Math.round(performance.now() - this.#changedAt),
        restart,
      });
    });
  }

  /** The whole transaction, which looks at every file on the board. */
  async #install(own: readonly BundleFile[]): Promise<void> {
    const { folder, config, main, uploadBaudRate, signal } = this.#options;
    const appFor = (form: BundleForm) => this.#withPackages(own, form);
    const app = await appFor('mpy6');
    const options = { config, main, uploadBaudRate, app, appFor, signal, restart: false };
    await install(this.#port, { ...options, onProgress: this.#onProgress });
    await this.#inSession(async (session) => {
      this.#known = await learnBoard(session, app);
      if (!this.#hasInstalled) this.#onProgress({ event: 'watching', folder });
      this.#hasInstalled = true;
      await session.repl.restartBoard();
    });
  }

  async #withPackages(own: readonly BundleFile[], form: BundleForm): Promise<readonly BundleFile[]> {
    return (await this.#options.addPackages?.(own, form)) ?? own;
  }

  async #restartProgram(): Promise<void> {
    const known = this.#known;
    if (known === undefined) return restartWhileFollowed(this.#port, this.#options.signal);
    const { files } = this.#programThere();
    await this.#inSession((session) => startProgram(session.repl, files, startsPortal(known)));
  }

  /** The board has its normal start behind a failure. */
  async #inSession(work: (session: BoardSession) => Promise<unknown>): Promise<void> {
    const session = new BoardSession(this.#port, {
      signal: this.#options.signal,
      leaves: 'No file on the board was changed.',
    });
    try {
      await session.enter();
      await work(session);
    } catch (error) {
      const stated = session.isEntered
        ? await resetAfterFailure(session.repl, error, { cleanUp: DISCARD })
        : error;
      throw session.withState(stated);
    }
  }

  /** Waits for a port that went away, and installs again: the board may be another one. */
  async #reconnecting(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const { reopen, signal } = this.#options;
      if (!reopen || !this.#hasInstalled || !isPortGone(error)) throw error;
      for (const entry of this.#log.rest()) this.#emit(entry);
      const lostAt = performance.now();
      this.#emit(this.#entry({ event: 'port.lost' }, `${this.#port.name} was disconnected`));
      await this.#port[Symbol.asyncDispose]();
      const { port, address } = await reopen(signal);
      this.#port = port;
      this.#hasReopened = true;
      this.#log = this.#newLog();
      const gapMs = Math.round(performance.now() - lostAt);
      this.#emit(this.#entry({ event: 'port.back', address, gapMs }, `${address} is back`));
      this.#known = undefined;
      this.#isInRepl = false;
      this.#request('install');
    }
  }

  #programThere(): Program {
    if (!this.#program) throw new Error('the folder has not been read');
    return this.#program;
  }

  #newLog(): BoardLog {
    const { redactor, onRaw } = this.#options;
    const secrets = new SecretFilter(redactor);
    return new BoardLog(this.#port, { redactor, onBytes: (bytes) => onRaw?.(secrets.push(bytes)) });
  }

  #emit(entry: LogEntry): void {
    this.#options.onLog?.(this.#program ? withLocalPlaces(entry, this.#program.local) : entry);
  }

  #entry(event: LogEvent, raw: string): LogEntry {
    return { raw, timeMs: Date.now(), board: this.#port.name, ...event };
  }
}

function isPortGone(error: unknown): boolean {
  return error instanceof PortalError && error.code === 'port-lost';
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

function startsPortal({ facts }: KnownBoard): boolean {
  return facts.installed.some(({ path }) => path === 'main.py');
}
