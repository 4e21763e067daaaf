// The process that is the board ends in the middle of anything: what its flash holds is a prefix of what was done.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { builtModule } from '../../scripts/source-module.js';
import { CliHome } from '../support/cli.js';
import { esp8266ReleaseImage } from '../support/images.js';
import { seededBytes, seededRandom } from '../support/random.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
const FLASH_BYTES = 512 * 1024;
const SECTOR_BYTES = 4096;

type Operation = { erase: number } | { write: number; bytes: string };

/** Does a list of operations on a flash, and says a line after each. */
const WRITER = `
  import { readFileSync, writeSync } from 'node:fs';
  const { NorFlash, flashTiming } = await import(process.argv[1]);
  const clock = { nowMs: () => 0, setTimer: () => () => {} };
  const flash = new NorFlash({ path: process.argv[2], sizeBytes: ${FLASH_BYTES}, timing: flashTiming(0), clock });
  for (const { erase, write, bytes } of JSON.parse(readFileSync(process.argv[3], 'utf8'))) {
    if (erase === undefined) await flash.write(write, Buffer.from(bytes, 'base64'));
    else await flash.eraseSector(erase);
    writeSync(1, '.\\n');
  }
  setInterval(() => {}, 1000); // until it is killed`;

function operations(seed: number, count: number): Operation[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const address = random(FLASH_BYTES);
    if (random(3) === 0) return { erase: address };
    const lengthBytes = Math.min(1 + random(3 * SECTOR_BYTES), FLASH_BYTES - address);
    return { write: address, bytes: Buffer.from(seededBytes(index + 1, lengthBytes)).toString('base64') };
  });
}

/** What an operation does to NOR flash, by the book. */
function apply(contents: Buffer, operation: Operation): Buffer {
  const after = Buffer.from(contents);
  if ('erase' in operation) {
    const start = operation.erase - (operation.erase % SECTOR_BYTES);
    return after.fill(0xff, start, start + SECTOR_BYTES);
  }
  for (const [index, byte] of Buffer.from(operation.bytes, 'base64').entries()) {
    after[operation.write + index] = (after[operation.write + index] ?? 0xff) & byte;
  }
  return after;
}

/** The file as a flash: what is behind its end is erased. */
function readFlash(path: string): Buffer {
  const file = readFileSync(path);
  return Buffer.concat([file, Buffer.alloc(FLASH_BYTES - file.length, 0xff)]);
}

/** Whether `actual` is `before` changed to `after` up to some byte, and not behind it. */
function isBetween(before: Buffer, after: Buffer, actual: Buffer): boolean {
  let at = 0;
  while (at < FLASH_BYTES && actual[at] === after[at]) at++;
  return actual.subarray(at).equals(before.subarray(at));
}

test('a flash whose process is killed holds a prefix of the operations, and all that were reported', async () => {
  const random = seededRandom(2026);
  const module = pathToFileURL(builtModule('src/virtual-board/flash/nor-flash.ts')).href;
  const path = join(home.folder, 'killed.bin');
  let contents: Buffer = Buffer.alloc(FLASH_BYTES, 0xff);
  for (let round = 0; round < 5; round++) {
    const killAfter = 1 + random(400);
    const todo = operations(round + 1, killAfter + 200); // it does not wait for the kill
    const list = join(home.folder, 'operations.json');
    writeFileSync(list, JSON.stringify(todo));
    const child = spawn(process.execPath, ['--input-type=module', '-e', WRITER, module, path, list], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let reported = 0;
    for await (const _ of createInterface(child.stdout)) {
      if (++reported === killAfter) child.kill('SIGKILL');
    }
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
    expect(child.signalCode).toBe('SIGKILL');

    const actual = readFlash(path);
    for (const operation of todo.slice(0, reported)) contents = apply(contents, operation);
    const next = todo[reported];
    expect(isBetween(contents, next ? apply(contents, next) : contents, actual), `round ${round}`).toBe(true);
    contents = actual;
  }
});

test('a board whose flashing is killed repeatedly holds a prefix of its image, and is flashed in the end', async () => {
  const random = seededRandom(7);
  const image = esp8266ReleaseImage();
  const path = join(home.folder, 'release.bin');
  writeFileSync(path, image);
  const flash = (speed: string) => [
    ...['flash', '--json', '--port', `virtual:cut?http=0&dns=0&speed=${speed}`, '--firmware', path],
  ];
  // It takes 40 s, so that it has not ended, however late a busy computer kills it. The second kill comes after fewer pieces.
  for (let round = 0; round < 2; round++) {
    const child = spawn(process.execPath, [BIN, ...flash('real'), '--baud', '115200'], {
      env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let piecesLeft = 1 + random(6);
    let lastLine = '';
    for await (const line of createInterface(child.stdout)) {
      lastLine = line;
      const { event, step } = JSON.parse(line);
      if (event === 'bytes' && step === 'write' && --piecesLeft === 0) child.kill('SIGKILL');
    }
    if (child.signalCode === null && child.exitCode === null) await once(child, 'exit');
    expect(child.signalCode, lastLine).toBe('SIGKILL');
    const onBoard = home.flash('cut');
    expect(onBoard.length).toBeGreaterThan(0);
    // Behind the new prefix lies what earlier rounds left of the same image, in whole sectors, or nothing.
    const start = onBoard.findIndex((byte, at) => byte !== image[at]);
    const foreign = onBoard.findIndex((byte, at) => at > start && byte !== 0xff && byte !== image[at]);
    expect(start < 0 ? -1 : foreign, `round ${round}`).toBe(-1);
  }
  const done = await home.call(flash('max'));
  expect(done.exitCode).toBe(0);
  expect(home.flash('cut').subarray(0, image.length).equals(image)).toBe(true);
});
