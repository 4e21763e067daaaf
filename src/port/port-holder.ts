// Which processes of this computer have a serial port open. Best effort: works on Linux, and for other users' processes only
// as root.

import { access, constants, readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ERROR_TABLE } from '../error-table.js';

export interface PortHolder {
  readonly processId: number;
  /** The program's name, and for an interpreter the script's, e.g. `picocom`, `node esp-portal.js`. */
  readonly command: string;
}

/** What runs a program of another name. */
const INTERPRETER =
  /^(?:node|nodejs|bun|deno|python|pypy|ruby|perl|sh|bash|dash|zsh|env|sudo)[\d.]*(?:\.exe)?$/;

/**
 * @param path of a serial device
 * @param processes the proc filesystem
 * @returns none if no process has it open, or it cannot be found out
 */
export async function findPortHolders(path: string, processes = '/proc'): Promise<PortHolder[]> {
  const device = await realpath(path).catch(() => undefined);
  if (device === undefined) return [];
  const ids = await readdir(processes).catch(() => []);
  const holders: PortHolder[] = [];
  for (const id of ids) {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) continue;
    if (await hasOpen(join(processes, id, 'fd'), device)) {
      holders.push(await describeProcess(Number(id), processes));
    }
  }
  return holders;
}

/** @returns the process with the name of its program, if readable */
export async function describeProcess(processId: number, processes = '/proc'): Promise<PortHolder> {
  const path = join(processes, String(processId), 'cmdline');
  const words = (await readFile(path, 'utf8').catch(() => '')).split('\0');
  return { processId, command: nameProgram(words) };
}

/** No other argument is shown: any of them may be a password. */
function nameProgram([program = '', script = '']: readonly string[]): string {
  const name = basename(program.split(' ', 1)[0] ?? ''); // some programs set their own title
  if (name === '') return 'a program';
  const isScript = INTERPRETER.test(name) && script.includes('/') && !script.startsWith('-');
  return isScript ? `${name} ${basename(script)}` : name;
}

/** E.g. `picocom (process 812), node esp-portal.js (process 900)`. */
export function nameHolders(holders: readonly PortHolder[]): string {
  return holders.map(({ command, processId }) => `${command} (process ${processId})`).join(', ');
}

/**
 * What would keep a port from being opened, found out without opening it: that could reset the board.
 * @returns a sentence with the problem and what to do; `undefined` without a known problem
 */
export async function portProblem(path: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined; // COM ports are not files
  if (await isDenied(path)) {
    const { cause, next } = ERROR_TABLE['port-denied'];
    return `${cause} ${next}`;
  }
  const holders = await findPortHolders(path);
  return holders.length > 0 ? `In use by ${nameHolders(holders)}: close it first.` : undefined;
}

/** Whether this user may not read and write it. */
export async function isDenied(path: string): Promise<boolean> {
  return access(path, constants.R_OK | constants.W_OK).then(
    () => false,
    () => true,
  );
}

async function hasOpen(folder: string, device: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []); // another user's, or one that has ended
  const targets = await Promise.all(files.map((file) => readlink(join(folder, file)).catch(() => '')));
  return targets.includes(device);
}
