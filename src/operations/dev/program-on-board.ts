// The program on the board: installs it, sends what differs, and starts it again. Independent of the folder and the log.

import { BoardSession } from '../../micropython/board-session.js';
import type { Port } from '../../port/port.js';
import { type BundleFile, type BundleForm, bundleFormFor } from '../../portal/bundle.js';
import type { OnProgress } from '../../progress.js';
import { resetAfterFailure } from '../install/apply-plan.js';
import { type InstallOptions, install } from '../install/install.js';
import { DISCARD } from '../install/staging.js';
import { restartWhileFollowed } from '../log/restart-board.js';
import { type KnownBoard, learnBoard, sendDelta } from './known-board.js';
import { startPortalNow, startProgram } from './start-program.js';

/** Adds to a program's files what else a board with modules of this form needs. */
export type AddPackages = (app: readonly BundleFile[], form: BundleForm) => Promise<readonly BundleFile[]>;

export interface ProgramOnBoardOptions
  extends Pick<InstallOptions, 'config' | 'main' | 'uploadBaudRate' | 'signal'> {
  readonly addPackages?: AddPackages | undefined;
}

export class ProgramOnBoard {
  readonly #options: ProgramOnBoardOptions;
  readonly #portNow: () => Port;
  readonly #onProgress: OnProgress;
  #known: KnownBoard | undefined;
  #hasInstalled = false;

  /** @param portNow is another one after a port was opened again */
  constructor(portNow: () => Port, onProgress: OnProgress, options: ProgramOnBoardOptions) {
    this.#portNow = portNow;
    this.#onProgress = onProgress;
    this.#options = options;
  }

  /** The program was on a board once. */
  get hasInstalled(): boolean {
    return this.#hasInstalled;
  }

  /** What is on the board is known, so that only what differs is sent. */
  get isKnown(): boolean {
    return this.#known !== undefined;
  }

  /** All of it is read again with the next change: the board may be another one. */
  forget(): void {
    this.#known = undefined;
  }

  /**
   * @param own the program's files, without its packages
   * @param changedAt of performance.now()
   * @throws PortalError as install
   */
  async send(own: readonly BundleFile[], changedAt: number): Promise<void> {
    if (this.#known && (await this.#sendDelta(this.#known, own, changedAt))) return;
    await this.#install(own);
  }

  /** @param own the program's files, which are on the board */
  async restart(own: readonly BundleFile[]): Promise<void> {
    const known = this.#known;
    if (known === undefined) return restartWhileFollowed(this.#portNow(), this.#options.signal);
    await this.#inSession((session) => startProgram(session.repl, own, startsPortal(known)));
  }

  /** Opens the portal, though a network is stored. */
  async openPortal(): Promise<void> {
    await this.#inSession(async (session) => {
      await session.stopProgram();
      await startPortalNow(session.repl);
    });
  }

  /** @returns false for a board that is not as it was left */
  async #sendDelta(known: KnownBoard, own: readonly BundleFile[], changedAt: number): Promise<boolean> {
    const files = await this.#withPackages(own, bundleFormFor(known.facts.mpy));
    return this.#inSession(async (session) => {
      const delta = await sendDelta(session, known, files, this.#options.signal);
      this.#known = delta?.known;
      if (delta === undefined) return false;
      const { sent, removed } = delta.plan;
      const restart = await startProgram(session.repl, files, startsPortal(delta.known));
      this.#onProgress({
        event: 'sent',
        sent: sent.map(({ path }) => path),
        removed,
        bytes: sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
        sentBytes: delta.sentBytes,
        milliseconds: Math.round(performance.now() - changedAt),
        restart,
      });
      return true;
    });
  }

  /** The whole transaction, which looks at every file on the board. */
  async #install(own: readonly BundleFile[]): Promise<void> {
    const { config, main, uploadBaudRate, signal } = this.#options;
    const appFor = (form: BundleForm) => this.#withPackages(own, form);
    const app = await appFor('mpy6');
    const options = { config, main, uploadBaudRate, app, appFor, signal, restart: false };
    await install(this.#portNow(), { ...options, onProgress: this.#onProgress });
    await this.#inSession(async (session) => {
      this.#known = await learnBoard(session, app);
      this.#hasInstalled = true;
      await session.repl.restartBoard();
    });
  }

  async #withPackages(own: readonly BundleFile[], form: BundleForm): Promise<readonly BundleFile[]> {
    return (await this.#options.addPackages?.(own, form)) ?? own;
  }

  /** The board has its normal start behind a failure. */
  async #inSession<T>(work: (session: BoardSession) => Promise<T>): Promise<T> {
    const session = new BoardSession(this.#portNow(), {
      signal: this.#options.signal,
      leaves: 'No file on the board was changed.',
    });
    try {
      await session.enter();
      return await work(session);
    } catch (error) {
      const stated = session.isEntered
        ? await resetAfterFailure(session.repl, error, { cleanUp: DISCARD })
        : error;
      throw session.withState(stated);
    }
  }
}

function startsPortal({ facts }: KnownBoard): boolean {
  return facts.installed.some(({ path }) => path === 'main.py');
}
