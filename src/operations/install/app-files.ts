// A user's program as files for a board, from its folder.

import type { BundleFile } from '../../portal/bundle.js';

interface AppFilesOptions {
  /** Compile its modules for MicroPython 1.19 and later. */
  readonly compiled?: boolean;
  /** Refuse a link that leads out of the folder. */
  readonly refuseLinksOut?: boolean;
}

/** @throws PortalError `usage` for what cannot go onto a board, or where mpy-cross is missing */
export async function appFiles(
  folder: string,
  { compiled = false, refuseLinksOut = false }: AppFilesOptions = {},
): Promise<readonly BundleFile[]> {
  const { readAppFolder } = await import('../../portal/app-folder.js');
  const files = await readAppFolder(folder, { refuseLinksOut });
  if (!compiled) return files;
  const { compileApp } = await import('../../portal/compiler/compile-app.js');
  return compileApp(files);
}
