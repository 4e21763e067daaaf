// esp-portal firmware: what there is to flash, and getting it beforehand.

import { PortalError } from '../../errors.js';
import type { ListedImage } from '../../operations/firmware/list-firmware.js';
import { defineCommand } from '../command.js';

export const firmwareCommand = defineCommand({
  name: 'firmware',
  isWithoutBoard: true,
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
  async run(args, { reporter, signal }) {
    if (args.download && args.board === undefined) {
      throw new PortalError('usage', '--download needs --board: say for which board.');
    }
    const { FirmwareStore } = await import('../../operations/firmware/firmware-source.js');
    const { listFirmware } = await import('../../operations/firmware/list-firmware.js');
    const { userFirmwareFolder } = await import('../options/firmware-store.js');
    const store = new FirmwareStore({
      ...userFirmwareFolder(),
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
      lines: [...images.map(describeImage), ...doubt(upToDate, args.offline)],
      isListing: true,
    };
  },
});

function describeImage({ version, date, chip = '', file, cached }: ListedImage): string {
  return `${version.padEnd(8)} ${date}  ${chip.padEnd(8)}  ${file}${cached ? '  (cached)' : ''}`;
}

function doubt(upToDate: boolean, offline: boolean): string[] {
  if (upToDate) return [];
  return [`micropython.org ${offline ? 'was not asked' : 'could not be reached'}: newer builds may exist.`];
}

function pagesRead(upToDate: boolean, offline: boolean): string {
  if (upToDate) return 'nor on the download page';
  return `and the download page ${offline ? 'was not read (--offline)' : 'could not be read'}`;
}
