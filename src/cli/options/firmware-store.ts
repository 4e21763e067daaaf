// Where this user's firmware is kept, and from which site it comes.

import { PortalError } from '../../errors.js';
import { userFolder } from '../../input/user-folder.js';
import type { Host } from '../host.js';

/** Of FirmwareStore: the user's cache folder and mirror. */
export function userFirmwareFolder({ env }: Pick<Host, 'env'>): {
  cacheFolder: string;
  site: string | undefined;
} {
  return {
    cacheFolder: env.ESP_PORTAL_CACHE_DIR || userFolder('cache', env),
    site: checkedSite(env.ESP_PORTAL_FIRMWARE_SITE),
  };
}

function checkedSite(site: string | undefined): string | undefined {
  if (!site) return undefined;
  const protocol = URL.canParse(site) ? new URL(site).protocol : '';
  if (/^https?:$/.test(protocol)) return site;
  throw new PortalError('usage', `$ESP_PORTAL_FIRMWARE_SITE is "${site}".`, {
    next: 'Set ESP_PORTAL_FIRMWARE_SITE to an https address, or unset it for https://micropython.org.',
  });
}
