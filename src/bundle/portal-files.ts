// The captive portal as files for a board: what is in device-py/.

import { readdir, readFile } from 'node:fs/promises';

/** A file of the portal. */
export interface PortalFile {
  /** Path on the board. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The file that MicroPython runs at start; it has to be the last one to change. */
export const MAIN_FILE = 'main.py';

const FOLDER = new URL('../../device-py/', import.meta.url);

/** @returns the files in the order in which they are put into their places, main.py last */
export async function portalFiles(): Promise<PortalFile[]> {
  const names = (await readdir(FOLDER)).filter((name) => !name.startsWith('.')).sort();
  const inOrder = [...names.filter((name) => name !== MAIN_FILE), MAIN_FILE];
  return Promise.all(inOrder.map(async (path) => ({ path, bytes: await readFile(new URL(path, FOLDER)) })));
}
