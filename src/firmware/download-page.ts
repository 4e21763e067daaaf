// micropython.org as a place to get files from: their addresses, and the names on a board's download page. Releases
// since this package and all previews are known from there alone: their dates and hashes follow no rule.

import type { Board } from './catalogue.js';
import { type ImageName, parseImageName } from './image-name.js';
import { withAnswer } from './request.js';

export const MICROPYTHON_SITE = 'https://micropython.org';

/** A page that takes longer is not worth waiting for: the catalogue in the package does, too. */
const PAGE_TIMEOUT_MS = 5000;
/** Ten times the longest of them. */
const LARGEST_PAGE_BYTES = 2 * 1024 * 1024;

/** @param site without a slash at its end */
export function imageUrl(site: string, { file }: Pick<ImageName, 'file'>): string {
  return `${site}/resources/firmware/${file}`;
}

/**
 * Reads which builds the site has for a board.
 * @returns the names of its .bin files, variants and previews included
 * @throws PortalError `firmware-download`, `usage` for a plain http site without `allowHttp`; the signal's reason
 */
export async function readDownloadPage(
  site: string,
  board: Board,
  { signal, allowHttp }: { signal?: AbortSignal | undefined; allowHttp?: boolean | undefined },
): Promise<ImageName[]> {
  const limits = {
    idleTimeoutMs: PAGE_TIMEOUT_MS,
    deadlineMs: PAGE_TIMEOUT_MS,
    maxBytes: LARGEST_PAGE_BYTES,
  };
  const url = `${site}/download/${board.name}/`;
  return withAnswer(url, { ...limits, allowHttp, signal }, async (answer) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of answer.pieces()) pieces.push(piece);
    return namesOnPage(Buffer.concat(pieces).toString(), board);
  });
}

/** @returns the images of this board that the page links to, each once */
export function namesOnPage(html: string, board: Board): ImageName[] {
  const files = html.match(/(?<![\w-])[\w-]{1,80}-20\d{6}-v[\w.-]{1,60}?\.bin(?=["'\s?#])/g) ?? [];
  return [...new Set(files)].flatMap((file) => {
    const name = parseImageName(file);
    return name && (name.board === board.name || name.board === board.oldName) ? [name] : [];
  });
}
