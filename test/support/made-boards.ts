// Virtual boards that nearly every test begins with, made once for all files of a run and copied.

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, renameSync } from 'node:fs';
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

/** @param folder of the board, which does not exist */
export function copyBoard(content: BoardContent, folder: string): void {
  const made = join(FOLDER, content);
  if (!existsSync(made)) make(content, made);
  cpSync(made, folder, { recursive: true });
}

/** Several processes may do so at once: the first stays. */
function make(content: BoardContent, made: string): void {
  const home = mkdtempSync(`${made}-`);
  execFileSync(process.execPath, [BIN, ...COMMANDS[content]], {
    env: { ESP_PORTAL_STATE_DIR: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    renameSync(join(home, 'virtual', 'made'), made);
  } catch (error) {
    if (!existsSync(made)) throw error;
  }
}
