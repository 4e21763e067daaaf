// A cable that is unplugged at any byte of a run, repeatedly, on boards in this process: the next run repairs the board.
// The same with a board's process in between is tested in virtual/interrupted-flash.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFirmware, flash } from '../../../../src/operations/flash/flash.js';
import { BUILD, openBoard } from '../../../support/board-port.js';
import { esp8266Image } from '../../../support/images.js';
import { seededBytes, seededRandom } from '../../../support/random.js';
import { flashPath, temporaryFolder } from '../../../support/virtual-port.js';

/** In all there are 25 interruptions, on boards that are flashed side by side. */
const BOARDS = 5;
const ROUNDS = 5;

const IMAGES = ['1.29.0', '1.28.0'].map((version, seed) => {
  const code = Buffer.concat([seededBytes(1 + seed, 20_000), Buffer.from(`\0${BUILD}\0`)]);
  return checkFirmware(esp8266Image(code.length, version, code), version);
});
/** Another release each time, so that there is always something to write. */
const imageOf = (round: number) => IMAGES[round % IMAGES.length] ?? expect.unreachable();

/** @returns how many bytes the host sent until the image was verified */
async function run(stateRoot: string, round: number, unplugAfterBytes?: number): Promise<number> {
  let sentBytes = 0;
  let verifiedBytes = 0;
  await using port = await openBoard({
    stateRoot,
    unplugAfterBytes,
    onTraffic: (direction, bytes) => {
      if (direction === 'sent') sentBytes += bytes.length;
    },
  });
  const onProgress = (event: { event: string; step?: string }) => {
    if (event.event === 'step' && event.step === 'restart') verifiedBytes = sentBytes;
  };
  expect(await flash(port, { firmware: imageOf(round), onProgress })).toMatchObject({ build: BUILD });
  return verifiedBytes;
}

async function roundsOf(stateRoot: string, seed: number): Promise<void> {
  const random = seededRandom(seed);
  const bytesOfRun = await run(join(stateRoot, 'whole'), 0);
  for (let round = 0; round < ROUNDS; round++) {
    const unplugAt = 1 + random(bytesOfRun);
    const where = `unplugged after ${unplugAt} of ${bytesOfRun} bytes`;
    await expect(run(stateRoot, round, unplugAt), where).rejects.toMatchObject({ code: 'port-lost' });
    await run(stateRoot, round);
    const { bytes } = imageOf(round);
    expect(readFileSync(flashPath(stateRoot)).subarray(0, bytes.length).equals(bytes), where).toBe(true);
  }
}

test(`${BOARDS} boards are whole after each of ${ROUNDS} runs that was cut at a random byte and one that was not`, async () => {
  const folder = temporaryFolder();
  // One begins with another program, which is erased first.
  const first = flashPath(join(folder, '0'));
  mkdirSync(dirname(first), { recursive: true });
  writeFileSync(first, seededBytes(9, 300_000));
  await Promise.all(
    Array.from({ length: BOARDS }, (_, index) => roundsOf(join(folder, `${index}`), 100 + index)),
  );
});
