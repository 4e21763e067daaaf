// A connection that goes quiet while the firmware is written: the error is what happened while the loader answered.

import { checkFirmware, flash, openPort } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const FLASH_DEFL_BEGIN = 0x10;
/** Shorter than a block of the firmware, longer than any other packet that follows. */
const BLOCK_BYTES = 1000;

/** Damages blocks of the firmware, and carries nothing once the rate changes after that. */
class StallingPort extends RecordingPort {
  #isDead = false;

  get #hasBegun(): boolean {
    return this.commands.includes(FLASH_DEFL_BEGIN);
  }

  override async write(bytes: Uint8Array): Promise<void> {
    if (this.#isDead) return;
    const damaged = Uint8Array.from(bytes);
    if (this.#hasBegun && bytes.length > BLOCK_BYTES)
      damaged[500] = (damaged[500] ?? 0) === 0x20 ? 0x21 : 0x20;
    await super.write(damaged);
  }

  override async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    const bytes = await super.read(options);
    return this.#isDead ? undefined : bytes;
  }

  override async setBaudRate(baudRate: number): Promise<void> {
    this.#isDead ||= this.#hasBegun;
    await super.setBaudRate(baudRate);
  }
}

test('names the writing, its progress and the state of the board', async () => {
  const address = 'virtual:stalls?speed=max&http=0&dns=0';
  await using board = await openPort(address);
  const firmware = checkFirmware(Buffer.from(virtualBoard(address).ownFirmware), 'own firmware');
  const port = new StallingPort(board);
  await expect(flash(port, { firmware })).rejects.toMatchObject({
    code: 'flash-failed',
    message: expect.stringMatching(
      /The firmware is incomplete \(\d+ % written\); the same command finishes this\./,
    ),
  });
});
