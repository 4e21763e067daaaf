// A cable that is unplugged at any byte of a run, repeatedly, with the board in its own process: the next run repairs the
// board. Fifty more interruptions, without that process, are in unit/operations/flash/unplugged.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkFirmware, flash, openPort, PortalError } from 'esp-portal';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';
import { esp8266ReleaseImage } from '../support/images.js';
import { seededBytes, seededRandom } from '../support/random.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Together 4 interruptions, on boards that are flashed side by side. */
const BOARDS = 2;
const ROUNDS = 2;

/** A run from connecting to verified takes more bytes from the host than this: stub, commands, 31 KB of image. */
const BYTES_OF_A_RUN = 41_000;

const address = (board: string, micropython: string, more = '') =>
  `virtual:${board}?speed=max&http=0&dns=0&micropython=${micropython}${more}`;

/** Flashes with what the board brings, and returns that. */
async function run(board: string, portAddress: string): Promise<Uint8Array> {
  // The power goes after the port: on a busy computer that takes its time.
  const lock = join(home.folder, 'virtual', board, 'lock');
  await vi.waitFor(() => expect(existsSync(lock)).toBe(false), { timeout: 30_000 });
  await using port = await openPort(portAddress);
  const firmware = ownFirmware(portAddress);
  await flash(port, { firmware });
  return firmware.bytes;
}

test.concurrent.each(Array.from({ length: BOARDS }, (_, index) => index))(
  `board %i is whole after each of ${ROUNDS} runs that was cut at a random byte and one that was not`,
  async (index) => {
    const board = `cut-${index}`;
    const random = seededRandom(100 + index);
    if (index === 0) {
      // One begins with another program, which is erased first.
      const folder = join(home.folder, 'virtual', board);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'flash.bin'), seededBytes(9, 300_000));
    }
    for (let round = 0; round < ROUNDS; round++) {
      // Another release each time, so that there is always something to write.
      const release = round % 2 === 0 ? '1.27' : '1.23';
      const unplugAt = 1 + random(BYTES_OF_A_RUN);
      await expect(
        run(board, address(board, release, `&unplug=${unplugAt}`)),
        `cut at ${unplugAt}`,
      ).rejects.toMatchObject({
        code: 'port-lost',
      });
      const image = await run(board, address(board, release));
      const onBoard = home.flash(board).subarray(0, image.length);
      expect(onBoard.equals(image), `healed after ${unplugAt}`).toBe(true);
    }
  },
  180_000,
);

test.each([
  ['enter-loader', 'Nothing on the board was changed.', false],
  ['load-stub', 'Nothing on the board was changed.', false],
  ['write', 'The firmware is incomplete (0 % written)', false],
  ['verify', 'The firmware is written, but not verified', true],
  ['restart', 'The firmware is complete and verified.', true],
])('Ctrl-C at the step %s: %s', async (step, says, isWhole) => {
  const board = `stopped-${step}`;
  const ctrlC = new AbortController();
  await using port = await openPort(address(board, '1.27'));
  const firmware = ownFirmware(address(board, '1.27'));
  const onProgress = (event: object) => {
    const isNow = 'step' in event && !('doneBytes' in event) && event.step === step;
    if (isNow) ctrlC.abort(new PortalError('interrupted', 'flash was interrupted.'));
  };
  await expect(flash(port, { firmware, signal: ctrlC.signal, onProgress })).rejects.toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining(says),
  });
  expect(home.flash(board).subarray(0, firmware.bytes.length).equals(firmware.bytes)).toBe(isWhole);
});

test('Ctrl-C while the image is compressed ends it before anything is written', async () => {
  const ctrlC = new AbortController();
  await using port = await openPort(address('stopped-compressing', '1.27'));
  const firmware = checkFirmware(esp8266ReleaseImage(), 'release'); // one of its size takes many turns
  const onProgress = ({ event }: { event: string }) => {
    if (event === 'contents') ctrlC.abort(new PortalError('interrupted', 'flash was interrupted.'));
  };
  await expect(flash(port, { firmware, signal: ctrlC.signal, onProgress })).rejects.toMatchObject({
    code: 'interrupted',
    message: expect.stringContaining('Nothing on the board was changed.'),
  });
  expect(home.flash('stopped-compressing').every((byte) => byte === 0xff)).toBe(true);
});
