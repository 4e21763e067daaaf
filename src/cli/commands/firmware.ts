// esp-portal firmware: what there is to flash, and getting it beforehand.

import { PortalError } from '../../errors.js';
import type { ImageName } from '../../firmware/image-name.js';
import { defineCommand } from '../command.js';

export const firmwareCommand = defineCommand({
  name: 'firmware',
  summary: 'List the MicroPython builds that fit, and fetch them for later',
  details: [],
  options: {
    board: {
      type: 'string',
      requiresArg: true,
      describe: 'Only this board, or this board and variant, as micropython.org names them',
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
      describe: 'Fetch what is listed into the cache, to flash it without a network',
    },
    offline: {
      type: 'boolean',
      default: false,
      describe: 'Do not ask micropython.org what is new',
    },
  },
  examples: [
    ['firmware', 'the newest build for each board'],
    ['firmware --board ESP8266_GENERIC --release all', 'every release for an ESP8266'],
    ['firmware --board ESP8266_GENERIC --download', 'to flash it later, without a network'],
  ],
  async run(args, { reporter, signal }) {
    if (args.download && args.board === undefined) {
      throw new PortalError('usage', '--download needs --board: say for which board.');
    }
    const { BOARDS, boardOf, variantOf } = await import('../../firmware/catalogue.js');
    const { userFirmwareStore } = await import('../firmware-source.js');
    const { compareVersions, isPreview } = await import('../../firmware/image-name.js');
    const onProgress = reporter.progress.bind(reporter);
    const { store, cache } = userFirmwareStore({ onProgress, signal, offline: args.offline });
    const boards = BOARDS.filter(({ name, variants }) => isWanted(args.board, name, variants));
    if (boards.length === 0) {
      const names = BOARDS.map(({ name }) => name).join(', ');
      throw new PortalError('usage', `There is no board ${args.board}; there are ${names}.`);
    }
    const known = await Promise.all(boards.map((board) => store.known(board)));
    const label = (image: ImageName) => {
      const variant = variantOf(image);
      const board = boardOf(image)?.name ?? image.board;
      return variant === undefined ? board : `${board}-${variant}`;
    };
    const named = known
      .flatMap(({ images }) => images)
      .filter((image) => args.board === undefined || isAbout(args.board, label(image), boards));
    const wanted = named.filter((image) => {
      if (args.release === 'all') return true;
      if (args.release !== 'latest' && args.release !== 'preview')
        return compareVersions(image.version, args.release.replace(/^v/, '')) === 0;
      const isKind = ({ version }: ImageName) => isPreview(version) === (args.release === 'preview');
      return isKind(image) && named.find((other) => isKind(other) && label(other) === label(image)) === image;
    });
    if (wanted.length === 0) {
      throw new PortalError(
        'firmware-missing',
        `There is no ${args.release} of ${args.board ?? 'any board'}.`,
      );
    }
    if (args.download) for (const image of wanted) await store.get(image);
    const cached = new Set((await cache.list()).map(({ file }) => file));
    const images = wanted.map((image) => ({
      file: image.file,
      board: boardOf(image)?.name ?? image.board,
      variant: variantOf(image),
      chip: boardOf(image)?.family,
      version: image.version,
      date: image.date.replace(/(....)(..)(..)/, '$1-$2-$3'),
      cached: cached.has(image.file),
    }));
    const isFresh = known.every((board) => board.isFresh);
    return {
      fields: { images, upToDate: isFresh },
      lines: [
        ...images.map(
          ({ version, date, chip = '', file, cached: isCached }) =>
            `${version.padEnd(8)} ${date}  ${chip.padEnd(8)}  ${file}${isCached ? '  (cached)' : ''}`,
        ),
        ...(isFresh ? [] : ['micropython.org was not asked: newer builds may exist.']),
      ],
    };
  },
});

function isWanted(
  asked: string | undefined,
  name: string,
  variants: readonly { readonly name: string }[],
): boolean {
  if (asked === undefined || asked === name) return true;
  return variants.some((variant) => asked === `${name}-${variant.name}`);
}

/** A board's name stands for its variants too; that of a variant for itself. */
function isAbout(asked: string, label: string, boards: readonly { readonly name: string }[]): boolean {
  return boards.some(({ name }) => name === asked) || label === asked;
}
