// backup: the reading of a full flash against what the line needs, and of one that is mostly erased.
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backup, openPort } from 'esp-portal';
import { recording, wireMs } from './exchange.js';
import { bestOf, figure } from './figure.js';
import { withBoard } from './program.js';

const STATE = process.env.ESP_PORTAL_STATE_DIR;
const FLASH_BYTES = 1024 * 1024;
const TRIES = 2;

/** Yields figures for each baud rate. */
export async function* bench() {
  for (const baudRate of [460800, 921600]) {
    yield await bestOf(TRIES, () => reading(baudRate));
  }
}

/** From the first block to the last, of a flash without an erased byte. */
async function reading(baudRate) {
  const name = `full-${baudRate}`;
  const file = join(STATE, `${name}.backup`);
  await rm(file, { force: true });
  const board = `virtual:${name}?http=0&dns=0&flash=1MB`;
  await withBoard(board, async () => {}); // makes its folder
  await writeFile(join(STATE, 'virtual', name, 'flash.bin'), randomBytes(FLASH_BYTES));
  return withBoard(board, async (address) => {
    const port = recording(await openPort(address));
    const at = {};
    let turns = [];
    await backup(port, file, {
      baudRate,
      onProgress: ({ event, step }) => {
        if (event !== 'step') return;
        at[step] = performance.now();
        turns = port.takeTurns();
      },
    });
    await port[Symbol.asyncDispose]();
    const milliseconds = at.restart - at['read-flash'];
    return figure(`backup at ${baudRate} baud`, wireMs(turns) / milliseconds, 'of the wire', {
      atLeast: 0.95,
      note: `${(milliseconds / 1000).toFixed(2)} s, ${(FLASH_BYTES / milliseconds).toFixed(0)} KB/s`,
    });
  });
}
