// Where this user's firmware is kept, and from which site it comes.

import envPaths from 'env-paths';

/** Of FirmwareStore: the user's cache folder and mirror. */
export function userFirmwareFolder(): { cacheFolder: string; site: string | undefined } {
  const { env } = process;
  return {
    cacheFolder: env.ESP_PORTAL_CACHE_DIR || envPaths('esp-portal', { suffix: '' }).cache,
    site: env.ESP_PORTAL_FIRMWARE_SITE,
  };
}
