// Which process of this computer has a serial port open. Best effort: Linux tells, and of other users' processes only
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
 * @returns `undefined` when nobody has it open, or nothing can be told
 */
export async function findPortHolder(path: string, processes = '/proc'): Promise<PortHolder | undefined> {
  const device = await realpath(path).catch(() => undefined);
  if (device === undefined) return undefined;
  const ids = await readdir(processes).catch(() => []);
  for (const id of ids) {
    if (!/^\d+$/.test(id) || Number(id) === process.pid) continue;
    if (await hasOpen(join(processes, id, 'fd'), device)) return describeProcess(Number(id), processes);
  }
  return undefined;
}

/** @returns the process with what it was started as, as far as the system tells */
export async function describeProcess(processId: number, processes = '/proc'): Promise<PortHolder> {
  const path = join(processes, String(processId), 'cmdline');
  const words = await readFile(path, 'utf8').catch(() => '');
  const command = words.replaceAll('\0', ' ').trim();
  return { processId, command: command === '' ? 'a program' : command };
}

async function hasOpen(folder: string, device: string): Promise<boolean> {
  const files = await readdir(folder).catch(() => []); // another user's, or one that has ended
  const targets = await Promise.all(files.map((file) => readlink(join(folder, file)).catch(() => '')));
  return targets.includes(device);
}
