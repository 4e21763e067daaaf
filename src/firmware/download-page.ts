// micropython.org as a place to get files from: their addresses, and the names on a board's download page. Releases
// since this package and all previews are known from there alone: their dates and hashes follow no rule.

import { PortalError } from '../errors.js';
import type { Board } from './catalogue.js';
import { type ImageName, parseImageName } from './image-name.js';
import { hostOf, reasonOf, request, TemporaryFailure } from './request.js';

export const MICROPYTHON_SITE = 'https://micropython.org';

/** A page that takes longer is not worth waiting for: the catalogue in the package does, too. */
const PAGE_TIMEOUT_MS = 5000;

/** @param site without a slash at its end */
export function imageUrl(site: string, { file }: Pick<ImageName, 'file'>): string {
  return `${site}/resources/firmware/${file}`;
}

/**
 * Reads which builds the site has for a board.
 * @returns the names of its .bin files, variants and previews included
 * @throws PortalError `firmware-download`; the signal's reason
 */
export async function readDownloadPage(
  site: string,
  board: Board,
  signal: AbortSignal | undefined,
): Promise<ImageName[]> {
  const url = `${site}/download/${board.name}/`;
  const timeout = AbortSignal.timeout(PAGE_TIMEOUT_MS);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const response = await request(url, { timeoutMs: PAGE_TIMEOUT_MS, signal: either });
    return namesOnPage(await response.text(), board);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PortalError) throw error;
    throw new TemporaryFailure(`${hostOf(url)} broke off: ${reasonOf(error)}.`, error);
  }
}

/** @returns the images of this board that the page links to, each once */
export function namesOnPage(html: string, board: Board): ImageName[] {
  const files = html.match(/[\w-]+-20\d{6}-v[\w.-]+?\.bin(?=["'\s?#])/g) ?? [];
  return [...new Set(files)].flatMap((file) => {
    const name = parseImageName(file);
    return name && (name.board === board.name || name.board === board.oldName) ? [name] : [];
  });
}
