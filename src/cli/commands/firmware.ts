// esp-portal firmware: what there is to flash, and getting it beforehand.

import { PortalError } from '../../errors.js';
import type { Board } from '../../firmware/catalogue.js';
import type { ImageName } from '../../firmware/image-name.js';
import { defineCommand } from '../command.js';

export const firmwareCommand = defineCommand({
  name: 'firmware',
  summary: 'List the MicroPython builds that fit, and fetch them for later',
  details: [
    'The list is the one that came with esp-portal, and what the download pages of micropython.org have beyond it, read once a day. Previews are known from those pages alone: their names hold a date and a hash.',
    'Builds are kept in your cache folder, or in `$ESP_PORTAL_CACHE_DIR`, and checked each time they are used. `--board ESP8266_GENERIC-FLASH_1M --download` fetches one for a place without a network. `$ESP_PORTAL_FIRMWARE_SITE` stands for https://micropython.org, for a mirror.',
  ],
  options: {
    board: {
      type: 'string',
      requiresArg: true,
      describe: 'Only this board, or board-variant, as micropython.org names them',
    },
    release: {
      type: 'string',
      requiresArg: true,
      default: 'latest',
      describe: 'A version (1.29.0), latest, preview or all',
    },
    download: {
      type: 'boolean',
      default: false,
      describe: 'Fetch what is listed into the cache (with --board)',
    },
    'allow-http': {
      type: 'boolean',
      default: false,
      describe: 'Fetch firmware over plain http from other computers too',
    },
    offline: { type: 'boolean', default: false, describe: 'Do not ask micropython.org what is new' },
  },
  examples: [
    ['firmware', 'the newest build for each board'],
    ['firmware --board ESP8266_GENERIC --release all', 'every release for an ESP8266'],
    ['firmware --release 1.27.0 --offline', 'what a certain release has'],
  ],
  async run(args, { host: { env }, reporter, signal }) {
    if (args.download && args.board === undefined) {
      throw new PortalError('usage', '--download needs --board: say for which board.');
    }
    const { boardOf, variantOf } = await import('../../firmware/catalogue.js');
    const { userFirmwareStore } = await import('../options/firmware-source.js');
    const onProgress = reporter.progress.bind(reporter);
    const store = userFirmwareStore({
      env,
      onProgress,
      signal,
      offline: args.offline,
      allowHttp: args['allow-http'],
    });
    const boards = await wantedBoards(args.board);
    const known = await Promise.all(boards.map((board) => store.known(board)));
    const wanted = await ofRelease(
      known.flatMap(({ images }) => images).filter(isOf(args.board, boardOf, variantOf)),
      args.release,
    );
    if (wanted.length === 0) {
      throw new PortalError(
        'firmware-missing',
        `No ${args.release} of ${args.board ?? 'any board'} is known: the list in this package lacks it, and ${args.offline ? 'the download page was not asked' : 'so does the download page, if that could be read'}.`,
      );
    }
    if (args.download) for (const image of wanted) await store.get(image);
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
    const upToDate = known.every(({ isFresh }) => isFresh);
    return {
      fields: { images, upToDate },
      lines: [...images.map(describeImage), ...doubt(upToDate, args.offline)],
      isListing: true,
    };
  },
});

async function wantedBoards(asked: string | undefined): Promise<readonly Board[]> {
  const { BOARDS } = await import('../../firmware/catalogue.js');
  const boards = BOARDS.filter(
    ({ name, variants }) =>
      asked === undefined ||
      asked === name ||
      variants.some((variant) => asked === `${name}-${variant.name}`),
  );
  if (boards.length > 0) return boards;
  throw new PortalError(
    'usage',
    `There is no board ${asked}; there are ${BOARDS.map(({ name }) => name).join(', ')}.`,
  );
}

/** A board's name stands for its variants too; that of a variant for itself. */
function isOf(
  asked: string | undefined,
  boardOf: (image: ImageName) => Board | undefined,
  variantOf: (image: ImageName) => string | undefined,
): (image: ImageName) => boolean {
  return (image) => {
    const board = boardOf(image)?.name;
    return asked === undefined || asked === board || asked === `${board}-${variantOf(image)}`;
  };
}

/** @param images of each board and variant the newest first */
async function ofRelease(images: readonly ImageName[], release: string): Promise<ImageName[]> {
  if (release === 'all') return [...images];
  const { compareVersions, isPreview } = await import('../../firmware/image-name.js');
  if (release !== 'latest' && release !== 'preview') {
    return images.filter(({ version }) => compareVersions(version, release.replace(/^v/, '')) === 0);
  }
  const { boardOf, variantOf } = await import('../../firmware/catalogue.js');
  const newest = new Map<string, ImageName>();
  for (const image of images) {
    const label = `${boardOf(image)?.name}-${variantOf(image)}`;
    const isKind = isPreview(image.version) === (release === 'preview');
    if (isKind && !newest.has(label)) newest.set(label, image);
  }
  return [...newest.values()];
}

function describeImage(image: {
  version: string;
  date: string;
  chip: string | undefined;
  file: string;
  cached: boolean;
}): string {
  const { version, date, chip = '', file, cached } = image;
  return `${version.padEnd(8)} ${date}  ${chip.padEnd(8)}  ${file}${cached ? '  (cached)' : ''}`;
}

function doubt(upToDate: boolean, offline: boolean): string[] {
  if (upToDate) return [];
  return [`micropython.org ${offline ? 'was not asked' : 'could not be reached'}: newer builds may exist.`];
}
