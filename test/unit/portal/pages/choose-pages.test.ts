// What the page with the result says of the board's name on its network.
import { expect, test } from 'vitest';
import { portalFor } from '../../../../src/operations/install/portal-files.js';
import { readPortalBundle } from '../../../../src/portal/bundle.js';
import { LANGUAGES } from '../../../../src/portal/pages/languages.js';
import { mergeSettings, settingOf } from '../../../../src/portal/settings.js';

async function connected(platform: string, config: object): Promise<string> {
  const files = await portalFor(
    (await readPortalBundle()).mpy6,
    'mpy6',
    mergeSettings(new Map(), config),
    platform,
  );
  return Buffer.from(files.find(({ path }) => path === 'connected.html')?.bytes ?? []).toString();
}

test.each(LANGUAGES)('an ESP32 with a host name shows its mDNS name, in %s', async (language) => {
  const page = await connected('esp32', { hostname: 'lamp', language });
  expect(page).toMatch(/<b>\{address\}<\/b>[^<]*<br><b>lamp\.local<\/b><\/p>\n/);
});

test('an ESP8266, which answers no name, and a board without a host name have the page as it is', async () => {
  const plain = await connected('esp32', {});
  expect(await connected('esp8266', { hostname: 'lamp' })).toBe(plain);
  const edited = new Map([['hostname', settingOf('<script>')]]);
  const files = await portalFor((await readPortalBundle()).mpy6, 'mpy6', edited, 'esp32');
  expect(Buffer.from(files.find(({ path }) => path === 'connected.html')?.bytes ?? []).toString()).toBe(
    plain,
  );
});
