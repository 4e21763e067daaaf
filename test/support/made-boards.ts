// Virtual boards that nearly every test begins with, made once for all files of a run and copied.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** MicroPython as it comes, or the portal with its defaults as well. */
export type BoardContent = 'micropython' | 'micropython-esp32' | 'portal';

const COMMANDS: Readonly<Record<BoardContent, readonly string[]>> = {
  micropython: ['flash', '--port', address('esp8266')],
  'micropython-esp32': ['flash', '--port', address('esp32')],
  portal: ['setup', '--until', 'portal.ready', '--port', address('esp8266')],
};

function address(chip: string): string {
  return `virtual:made?speed=max&http=0&dns=0&chip=${chip}`;
}

const BIN = fileURLToPath(new URL('../../bin/esp-portal.js', import.meta.url));
/** Set by build.ts, once for a run. */
const FOLDER = process.env.MADE_BOARDS ?? '';
const POLL_MS = 20;
const MADE_WITHIN_MS = 100_000;

/** @param folder of the board, which does not exist */
export function copyBoard(content: BoardContent, folder: string): void {
  const made = join(FOLDER, content);
  if (!existsSync(made)) make(content, made);
  cpSync(made, folder, { recursive: true });
}

/** By the process that comes first; the others wait, because seven that make the same take as much from each other. */
function make(content: BoardContent, made: string): void {
  const home = `${made}-home`;
  if (mkdirSync(home, { recursive: true }) === undefined) {
    waitFor(made);
    return;
  }
  execFileSync(process.execPath, [BIN, ...COMMANDS[content]], {
    env: { ESP_PORTAL_STATE_DIR: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  renameSync(join(home, 'virtual', 'made'), made);
}

function waitFor(path: string): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let waits = 0; !existsSync(path); waits++) {
    if (waits * POLL_MS > MADE_WITHIN_MS)
      throw new Error(`${path} was not made by the process that began it`);
    Atomics.wait(nothing, 0, 0, POLL_MS);
  }
}
