// Boards that are cut off in the middle of something: copies of one, ways to cut them, and what is on them afterwards.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openPort, type Port } from 'esp-portal';
import { PortalError } from '../../src/errors.js';
import { COMMIT_MARK, STAGING_FOLDER } from '../../src/portal/commit-program.js';
import type { OnProgress } from '../../src/progress.js';
import { copyBoard } from './made-boards.js';

const TEMPLATE = 'template';

/** Virtual boards in one state folder, each made from the same template. */
export class CutBoards {
  readonly #stateFolder: string;

  constructor(stateFolder: string) {
    this.#stateFolder = stateFolder;
    process.env.ESP_PORTAL_STATE_DIR = stateFolder;
  }

  /** Flashes the board that the others are made from. @param prepare puts on it what they are to have */
  async makeTemplate(prepare: (port: Port) => Promise<unknown>): Promise<void> {
    copyBoard('micropython', this.file(TEMPLATE, '..'));
    await using port = await openPort(this.address(TEMPLATE));
    await prepare(port);
  }

  address(name: string, option = ''): string {
    return `virtual:${name}?speed=max&http=0&dns=0${option}`;
  }

  file(name: string, path = ''): string {
    return join(this.#stateFolder, 'virtual', name, 'files', path);
  }

  templateFile(path: string): string {
    return this.file(TEMPLATE, path);
  }

  /** Makes a board anew. */
  make(name: string): void {
    if (!existsSync(this.file(name, '..'))) {
      cpSync(this.file(TEMPLATE, '..'), this.file(name, '..'), { recursive: true });
    }
    rmSync(this.file(name), { recursive: true, force: true });
    cpSync(this.file(TEMPLATE), this.file(name), { recursive: true });
  }

  /** Whether the board has a commit to complete when it starts. */
  isCommitting(name: string): boolean {
    const main = this.file(name, 'main.py');
    return existsSync(main) && readFileSync(main, 'utf8').startsWith(COMMIT_MARK);
  }

  /** A hash of what a board has outside its staging folder, and in it once a program is there that reads it. */
  contents(name: string): string {
    const isCommitting = this.isCommitting(name);
    const hash = createHash('sha256');
    for (const path of readdirSync(this.file(name), { recursive: true, encoding: 'utf8' }).sort()) {
      if (path.startsWith(STAGING_FOLDER) && !isCommitting) continue;
      const place = this.file(name, path);
      const bytes = statSync(place).isFile() ? readFileSync(place) : '';
      hash.update(`${path}\0${bytes.length}\0`).update(bytes);
    }
    return hash.digest('hex');
  }

  /** Whether it is as it was made. */
  isUntouched(name: string): boolean {
    return this.contents(name) === this.contents(TEMPLATE);
  }

  /**
   * Has the board lose its power at a change of its files while `act` goes on.
   * @returns whether it was before `act` was done
   */
  async cutPowerAt(name: string, change: number, act: (port: Port) => Promise<unknown>): Promise<boolean> {
    await using port = await openPort(this.address(name, `&powercut=${change}`));
    return await act(port).then(
      () => false,
      (error) => {
        if (error.code !== 'port-lost') throw error;
        return true;
      },
    );
  }

  /**
   * Pulls the cable at a point of what `act` does.
   * @returns whether it came to that
   */
  async cutCableAt(
    name: string,
    point: Point,
    act: (port: Port, onProgress: OnProgress) => Promise<unknown>,
  ): Promise<boolean> {
    await using port = await openPort(this.address(name));
    const cut = atPoint(port, point, async () => {
      await port[Symbol.asyncDispose]();
      throw new PortalError('port-lost', 'cut');
    });
    return await act(cut.port, cut.onProgress).then(
      () => false,
      (error) => {
        if (error.code !== 'port-lost') throw error;
        return true;
      },
    );
  }
}

/**
 * A point of an exchange with a board: before the n-th write or after the n-th answer since it began, since it uploads,
 * or since all is uploaded; or when the new files are in place. Counted from a stage on, as a busy computer may need a
 * write more to get in; and few answers only, as they come in pieces of any size.
 */
export type Point =
  | { readonly since: Stage; readonly write: number }
  | { readonly since: Stage; readonly answer: number }
  | 'in-place';
type Stage = 'begin' | 'upload' | 'uploaded';

/** A port that does something once, at a point of the exchange over it. Closing it closes nothing. */
export function atPoint(
  port: Port,
  point: Point,
  act: () => Promise<void> | void,
): { port: Port; onProgress: OnProgress } {
  let stage: Stage = 'begin';
  let counted = { write: 0, answer: 0 };
  let isInPlace = false;
  let isOver = false;
  const enter = (next: Stage) => {
    stage = next;
    counted = { write: 0, answer: 0 };
  };
  const isDue = (): boolean => {
    if (point === 'in-place') return isInPlace;
    if (stage !== point.since) return false;
    return 'write' in point ? counted.write >= point.write : counted.answer >= point.answer;
  };
  const moment = async () => {
    if (isOver || !isDue()) return;
    isOver = true;
    await act();
  };
  return {
    onProgress(event) {
      if (event.event === 'step' && event.step === 'upload') enter('upload');
      if (event.event === 'bytes' && event.step === 'upload' && event.doneBytes === event.totalBytes) {
        enter('uploaded');
      }
      isInPlace ||= event.event === 'file';
    },
    port: {
      name: port.name,
      baudRate: port.baudRate,
      hasLines: port.hasLines,
      roundTripMs: port.roundTripMs,
      usb: undefined,
      async read(options) {
        const bytes = await port.read(options);
        if (bytes) counted.answer += 1;
        if (bytes || point === 'in-place') await moment();
        return bytes;
      },
      async write(bytes) {
        counted.write += 1;
        await moment();
        await port.write(bytes);
      },
      setLines: (lines) => port.setLines(lines),
      setBaudRate: (baudRate) => port.setBaudRate(baudRate),
      [Symbol.asyncDispose]: async () => {},
    },
  };
}

/** `count` numbers from 1 to `last`, both included, evenly apart. */
export function spread(last: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.round((index * (last - 1)) / (count - 1)));
}
