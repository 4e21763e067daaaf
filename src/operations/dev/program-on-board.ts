// The program on the board: installs it, sends what differs, and starts it again. Independent of the folder and the log.

import { withBoardState } from '../../errors.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { Port } from '../../port/port.js';
import { type BundleFile, type BundleForm, bundleFormFor } from '../../portal/bundle.js';
import type { OnProgress, SentEvent } from '../../progress.js';
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
    await this.#install(own, changedAt);
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
      const bytes = sent.reduce((sum, file) => sum + file.bytes.length, 0);
      const paths = sent.map(({ path }) => path);
      this.#report({ sent: paths, removed, bytes, sentBytes: delta.sentBytes, restart }, changedAt);
      return true;
    });
  }

  #report(sent: Omit<SentEvent, 'event' | 'milliseconds'>, changedAt: number): void {
    const milliseconds = Math.round(performance.now() - changedAt);
    this.#onProgress({ event: 'sent', ...sent, milliseconds });
  }

  /** The whole transaction, which looks at every file on the board. */
  async #install(own: readonly BundleFile[], changedAt: number): Promise<void> {
    const { config, main, uploadBaudRate, signal } = this.#options;
    const appFor = (form: BundleForm) => this.#withPackages(own, form);
    const app = await appFor('mpy6');
    const options = { config, main, uploadBaudRate, app, appFor, signal, restart: false };
    const { sent, removed, bytes, sentBytes } = await install(this.#portNow(), {
      ...options,
      onProgress: this.#onProgress,
    });
    await this.#inSession(async (session) => {
      this.#known = await learnBoard(session, app);
      const isFirst = !this.#hasInstalled;
      this.#hasInstalled = true;
      await session.repl.restartBoard();
      if (!isFirst) this.#report({ sent, removed, bytes, sentBytes, restart: 'hard' }, changedAt);
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
      if (!session.isEntered) throw session.withState(error);
      const detailed = await resetAfterFailure(session.repl, error, { cleanUp: DISCARD });
      throw withBoardState(session.withState(detailed), 'The board restarts.');
    }
  }
}

function startsPortal({ facts }: KnownBoard): boolean {
  return facts.installed.some(({ path }) => path === 'main.py');
}
