// The cable is pulled out at a command of the loader, in each command that works with the whole flash or with files in
// it: the board has the old state or the new one, or the same command finishes.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  backup,
  openPort,
  type Port,
  PortalError,
  putFiles,
  readFile,
  removeFiles,
  restore,
  setup,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeBackup } from '../../src/operations/backup/backup-file.js';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';
import { seededBytes, seededRandom } from '../support/random.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
const here = (name: string) => join(home.folder, name);
/** The way into the loader takes as many commands. */
const WAY_IN = 30;
/** Parts of an exchange, in hundredths: what is looked at, what is written. */
const PARTS = [
  [80, 93],
  [93, 100],
] as const;
const random = seededRandom(17);

/** Is gone from the n-th command on. */
class UnpluggedPort extends RecordingPort {
  readonly #at: number;

  constructor(port: Port, at: number) {
    super(port);
    this.#at = at;
  }
  override async write(bytes: Uint8Array): Promise<void> {
    await super.write(bytes);
    if (this.commands.length < this.#at) return;
    await this.port[Symbol.asyncDispose]();
    throw new PortalError('port-lost', `${this.name} was unplugged.`);
  }
  override async [Symbol.asyncDispose](): Promise<void> {}
}

interface Work {
  /** What the board has before. */
  prepare(name: string): void;
  act(port: Port, name: string): Promise<unknown>;
  /** That the state after a cut is a whole one. */
  check(name: string): Promise<void>;
  /** That all is done. */
  finished(name: string): Promise<void>;
}

const flashOf = (name: string) => {
  const flash = Buffer.alloc(0x400_000, 0xff);
  if (existsSync(home.flashFile(name))) readFileSync(home.flashFile(name)).copy(flash);
  return flash;
};

/** Behind it are the files, which change whenever the board starts. */
const FIRMWARE_BYTES = 0x100_000;
const OLD = new Uint8Array(Buffer.from('old\n'.repeat(500)));
const NEW = seededBytes(3, 12_000);
let saved = '';

/** What is in the file, if it is there. */
async function contentOf(name: string): Promise<Uint8Array | undefined> {
  return withBoard(name, (port) => readFile(port, 'data.bin', { fromFlash: true })).catch((error) => {
    if (error.code !== 'board-no-file') throw error;
    return undefined;
  });
}

function expectAsSaved(name: string, file: string): void {
  const { flash } = decodeBackup(readFileSync(file), file);
  const firmware = Buffer.from(flash.subarray(0, FIRMWARE_BYTES));
  expect(firmware.equals(flashOf(name).subarray(0, FIRMWARE_BYTES))).toBe(true);
}

const withOldFile = (name: string) => {
  home.makeBoard(name, 'micropython');
  writeFileSync(home.boardFile(name, 'data.bin'), OLD);
};

const WORKS: Readonly<Record<string, Work>> = {
  backup: {
    prepare: withOldFile,
    act: (port, name) => backup(port, here(`${name}.backup`)),
    check: async (name) => expect(existsSync(here(`${name}.backup`))).toBe(false),
    finished: async (name) => expectAsSaved(name, here(`${name}.backup`)),
  },
  restore: {
    prepare: (name) => home.makeBoard(name, 'micropython'),
    act: (port) => restore(port, saved, { otherBoard: true }),
    check: async () => {},
    finished: async (name) => expectAsSaved(name, saved),
  },
  'files put --from-flash': {
    prepare: withOldFile,
    act: (port) =>
      putFiles(port, { from: here('data.bin'), path: undefined, recursive: false }, { fromFlash: true }),
    check: async (name) => expect([OLD, NEW]).toContainEqual(await contentOf(name)),
    finished: async (name) => expect(await contentOf(name)).toEqual(NEW),
  },
  'files rm --from-flash': {
    prepare: withOldFile,
    act: (port) => removeFiles(port, { path: 'data.bin', recursive: false }, { fromFlash: true }),
    check: async (name) => expect([OLD, undefined]).toContainEqual(await contentOf(name)),
    finished: async (name) => expect(await contentOf(name)).toBeUndefined(),
  },
  'setup of a blank board': {
    prepare: () => {},
    act: (port) => setup(port, { firmware: ownFirmware('virtual:'), config: { essid: 'Lamp' } }),
    check: async () => {},
    finished: async (name) =>
      expect(readFileSync(home.boardFile(name, 'portal_config.py'), 'utf8')).toContain('Lamp'),
  },
};

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  writeFileSync(here('data.bin'), NEW);
  withOldFile('saved');
  const flash = flashOf('saved');
  flash.fill('another program ', 0x60_000, 0xa0_000);
  writeFileSync(home.flashFile('saved'), flash);
  saved = here('saved.backup');
  await withBoard('saved', (port) => backup(port, saved));
});
afterAll(() => home[Symbol.dispose]());

describe.each(Object.entries(WORKS))('%s', (kind, { prepare, act, check, finished }) => {
  async function cut(name: string, at: number): Promise<void> {
    const work = withBoard(name, (port) => act(new UnpluggedPort(port, at), name));
    await expect(work, `command ${at}`).rejects.toMatchObject({ code: 'port-lost' });
    await check(name);
  }

  test('has its old state or its new one, and the same command finishes', async () => {
    const board = kind.replaceAll(/\W/g, '');
    prepare(board);
    await cut(board, 1 + random(WAY_IN));
    const commands = await withBoard(board, async (port) => {
      const whole = new RecordingPort(port);
      await act(whole, board);
      return whole.commands.length;
    });
    await finished(board);

    for (const [index, [from, to]] of PARTS.entries()) {
      const name = `${board}-${from}`;
      prepare(name);
      await cut(name, 1 + Math.floor((commands * (from + random(to - from))) / 100));
      if (index < PARTS.length - 1) continue;
      await withBoard(name, (port) => act(port, name)).catch((error) => {
        if (error.code !== 'board-no-file') throw error; // it was removed before the cut
      });
      await finished(name);
    }
  });
});

async function withBoard<T>(name: string, action: (port: Port) => Promise<T>): Promise<T> {
  await using port = await openPort(`virtual:${name}?speed=max&http=0&dns=0`);
  return await action(port);
}
