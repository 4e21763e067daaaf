// Where this user's firmware is kept, and from which site it comes.

import envPaths from 'env-paths';
import type { Host } from '../host.js';

/** Of FirmwareStore: the user's cache folder and mirror. */
export function userFirmwareFolder({ env }: Pick<Host, 'env'>): {
  cacheFolder: string;
  site: string | undefined;
} {
  return {
    cacheFolder: env.ESP_PORTAL_CACHE_DIR || envPaths('esp-portal', { suffix: '' }).cache,
    site: env.ESP_PORTAL_FIRMWARE_SITE,
  };
}
