// Lists MicroPython builds for a board, newest first, and downloads them.

import { PortalError } from '../../errors.js';
import { BOARDS, type Board, boardOf, variantOf } from '../../firmware/catalogue.js';
import { compareVersions, type ImageName, isPreview } from '../../firmware/image-name.js';
import type { FirmwareStore } from '../../firmware/store.js';

export interface ListOptions {
  /** Only this board, or board-variant, as micropython.org names them. */
  readonly board?: string | undefined;
  /** A version, `latest`, `preview` or `all`. */
  readonly release: string;
  /** Fetch what is listed into the cache. */
  readonly download?: boolean | undefined;
}

export interface ListedImage {
  readonly file: string;
  readonly board: string | undefined;
  readonly variant: string | undefined;
  readonly chip: string | undefined;
  readonly version: string;
  /** `2025-08-09` */
  readonly date: string;
  readonly cached: boolean;
}

export interface FirmwareList {
  readonly images: readonly ListedImage[];
  /** Whether the pages of micropython.org were read within the last day. */
  readonly upToDate: boolean;
}

/** @throws PortalError `usage` for a board that does not exist, `firmware-download` */
export async function listFirmware(
  store: FirmwareStore,
  { board, release, download = false }: ListOptions,
): Promise<FirmwareList> {
  const known = await Promise.all(boardsNamed(board).map((each) => store.known(each)));
  const ofBoard = known.flatMap(({ images }) => images).filter(isOf(board));
  const wanted = ofRelease(ofBoard, release);
  if (download) for (const image of wanted) await store.get(image);
  const cached = new Set((await store.cached()).map(({ file }) => file));
  const images = wanted.map((image) => ({
    file: image.file,
    board: boardOf(image)?.name,
    variant: variantOf(image),
    chip: boardOf(image)?.family,
    version: image.version,
    date: image.date.replace(/(....)(..)(..)/, '$1-$2-$3'),
    cached: cached.has(image.file),
  }));
  return { images, upToDate: known.every(({ isFresh }) => isFresh) };
}

function boardsNamed(asked: string | undefined): readonly Board[] {
  const boards = BOARDS.filter(
    ({ name, variants }) =>
      asked === undefined ||
      asked === name ||
      variants.some((variant) => asked === `${name}-${variant.name}`),
  );
  if (boards.length > 0) return boards;
  throw new PortalError(
    'usage',
    `There is no board ${asked}. Boards: ${BOARDS.map(({ name }) => name).join(', ')}.`,
  );
}

/** A board's name includes its variants; a variant's name is exact. */
function isOf(asked: string | undefined): (image: ImageName) => boolean {
  return (image) => {
    const board = boardOf(image)?.name;
    return asked === undefined || asked === board || asked === `${board}-${variantOf(image)}`;
  };
}

/** @param images of each board and variant the newest first */
function ofRelease(images: readonly ImageName[], release: string): ImageName[] {
  if (release === 'all') return [...images];
  if (release !== 'latest' && release !== 'preview') {
    return images.filter(({ version }) => compareVersions(version, release.replace(/^v/, '')) === 0);
  }
  const newest = new Map<string, ImageName>();
  for (const image of images) {
    const label = `${boardOf(image)?.name}-${variantOf(image)}`;
    const isKind = isPreview(image.version) === (release === 'preview');
    if (isKind && !newest.has(label)) newest.set(label, image);
  }
  return [...newest.values()];
}
