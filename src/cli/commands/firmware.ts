// esp-portal firmware: lists builds and downloads them.

import { PortalError } from '../../errors.js';
import type { ListedImage } from '../../operations/firmware/list-firmware.js';
import { defineCommand } from '../command.js';

export const firmwareCommand = defineCommand({
  name: 'firmware',
  isWithoutBoard: true,
  summary: 'List MicroPython builds and download them',
  details: [
    'The list consists of the releases in this package and of newer builds on the download pages of micropython.org, which are read once a day. Previews are listed from those pages only.',
    'Builds are kept in your cache folder, or in `$ESP_PORTAL_CACHE_DIR`, and checked each time they are used. `--board ESP8266_GENERIC-FLASH_1M --download` fetches one for a place without a network. `$ESP_PORTAL_FIRMWARE_SITE` replaces https://micropython.org, for a mirror.',
  ],
  options: {
    board: {
      type: 'string',
      requiresArg: true,
      describe: 'List only this board, or BOARD-VARIANT, with the names of micropython.org',
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
      describe: 'Download the listed builds into the cache (with --board)',
    },
    'allow-http': {
      type: 'boolean',
      default: false,
      describe: 'Also download firmware over plain http from other computers',
    },
    offline: { type: 'boolean', default: false, describe: 'Do not read the pages of micropython.org' },
  },
  examples: [
    ['firmware', 'list the newest build for each board'],
    ['firmware --board ESP8266_GENERIC --release all', 'list every release for an ESP8266'],
    ['firmware --release 1.27.0 --offline', 'list the builds of one release'],
  ],
  async run(args, { host, reporter, signal }) {
    if (args.download && args.board === undefined) {
      throw new PortalError('usage', '--download needs --board.', {
        next: 'esp-portal firmware --board ESP8266_GENERIC --download',
      });
    }
    const { FirmwareStore } = await import('../../operations/firmware/firmware-source.js');
    const { listFirmware } = await import('../../operations/firmware/list-firmware.js');
    const { userFirmwareFolder } = await import('../options/firmware-store.js');
    const store = new FirmwareStore({
      ...userFirmwareFolder(host),
      onProgress: reporter.progress.bind(reporter),
      signal,
      offline: args.offline,
      allowHttp: args['allow-http'],
    });
    const { images, upToDate } = await listFirmware(store, args);
    if (images.length === 0) {
      throw new PortalError(
        'firmware-missing',
        `No ${args.release} of ${args.board ?? 'any board'} was found in the list of this package, ${pagesRead(upToDate, args.offline)}.`,
      );
    }
    return {
      fields: { images, upToDate },
      lines: [...images.map(describeImage), ...freshnessNote(upToDate, args.offline)],
      isListing: true,
    };
  },
});

function describeImage({ version, date, chip = '', file, cached }: ListedImage): string {
  return `${version.padEnd(8)} ${date}  ${chip.padEnd(8)}  ${file}${cached ? '  (cached)' : ''}`;
}

function freshnessNote(upToDate: boolean, offline: boolean): string[] {
  if (upToDate) return [];
  const why = offline ? 'micropython.org was not read' : 'The download page could not be read';
  return [`${why}: newer builds may exist.`];
}

function pagesRead(upToDate: boolean, offline: boolean): string {
  if (upToDate) return 'nor on the download page';
  return `and the download page ${offline ? 'was not read (--offline)' : 'could not be read'}`;
}
