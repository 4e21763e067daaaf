// Boards that are cut off in the middle of something: copies of one, ways to cut them, and what is on them afterwards.

import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkFirmware, flash, openPort, type Port } from 'esp-portal';
import { PortalError } from '../../src/errors.js';
import { COMMIT_MARK, STAGING_FOLDER } from '../../src/portal/commit-program.js';

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
    await using port = await openPort(this.address(TEMPLATE));
    await flash(port, { firmware: checkFirmware(port.ownFirmware ?? Buffer.of(), 'own firmware') });
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
    const port = await openPort(this.address(name, `&powercut=${change}`));
    try {
      await act(port);
      return false;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return true;
    } finally {
      await port[Symbol.asyncDispose]();
    }
  }

  /**
   * Pulls the cable at the first message of `act`, either way, that is due.
   * @returns the error's code, or `done` when it took fewer messages
   */
  async cutCableAt(
    name: string,
    isDue: (message: number) => boolean,
    act: (port: Port) => Promise<unknown>,
  ): Promise<string> {
    await using port = cutAt(await openPort(this.address(name)), isDue);
    return await act(port).then(
      () => 'done',
      (error) => error.code,
    );
  }
}

function cutAt(port: Port, isDue: (message: number) => boolean): Port {
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= Promise.resolve(port[Symbol.asyncDispose]());
    return closed;
  };
  const counted = counting(port, async (message) => {
    if (!isDue(message)) return;
    await close();
    throw new PortalError('port-lost', 'cut');
  });
  return { ...counted, [Symbol.asyncDispose]: close };
}

/** A port that tells the number of each message, before it is sent and after it has come. Closing it closes nothing. */
export function counting(port: Port, onMessage: (messages: number) => Promise<void> | void): Port {
  let messages = 0;
  return {
    name: port.name,
    baudRate: port.baudRate,
    hasLines: port.hasLines,
    async read(options) {
      const bytes = await port.read(options);
      if (bytes) await onMessage(++messages);
      return bytes;
    },
    async write(bytes) {
      await onMessage(++messages);
      await port.write(bytes);
    },
    setLines: (lines) => port.setLines(lines),
    setBaudRate: (baudRate) => port.setBaudRate(baudRate),
    [Symbol.asyncDispose]: async () => {},
  };
}

/**
 * Tries 1, 2, … two at a time: one waits while the other computes.
 * @param act gets a number, and the name of a board that is its own; false ends it
 * @returns how often `act` was called
 */
export async function countInPairs(act: (number: number, lane: string) => Promise<boolean>): Promise<number> {
  let last = 0;
  let goesOn = true;
  const lane = async (name: string) => {
    while (goesOn) {
      last += 1;
      if (!(await act(last, name))) goesOn = false;
    }
  };
  await Promise.all([lane('left'), lane('right')]);
  return last;
}
