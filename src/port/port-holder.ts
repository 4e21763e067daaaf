// Which processes of this computer have a serial port open. Best effort: Linux tells, and of other users' processes only
// to root.

import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface PortHolder {
  readonly processId: number;
  /** As it was started, e.g. `picocom -b 115200 /dev/ttyUSB0`. */
  readonly command: string;
}

/**
 * @param path of a serial device
 * @param processes where the system tells about its processes
 * @returns none when nobody has it open, or nothing can be told
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

/** @returns the process with what it was started as, as far as the system tells */
export async function describeProcess(processId: number, processes = '/proc'): Promise<PortHolder> {
  const path = join(processes, String(processId), 'cmdline');
  const words = await readFile(path, 'utf8').catch(() => '');
  const command = words.replaceAll('\0', ' ').trim();
  return { processId, command: command === '' ? 'a program' : command };
}

/** E.g. `picocom /dev/ttyUSB0 (process 812), cat /dev/ttyUSB0 (process 900)`. */
export function nameHolders(holders: readonly PortHolder[]): string {
  return holders.map(({ command, processId }) => `${command} (process ${processId})`).join(', ');
}

async function hasOpen(folder: string, device: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []); // another user's, or one that has ended
  const targets = await Promise.all(files.map((file) => readlink(join(folder, file)).catch(() => '')));
  return targets.includes(device);
}
