// The sign-in in German, with a title, a colour, a logo, fields, a static address and two stored networks, in a real browser.

import { BoardLog, flash, install, type LogEntry, openPort, type Port, setNetwork } from 'esp-portal';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const executablePath = component('chromium-headless-shell');

describe.skipIf(!executablePath)('signing in on German pages', () => {
  const home = new CliHome();
  let port: Port;
  let log: BoardLog;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    let web = '';
    port = await openPort('virtual:german?speed=max&http=0&dns=0', {
      onNotice: ({ url }) => {
        if (url?.startsWith('http:')) web = new URL(url).host;
      },
    });
    await flash(port, { firmware: ownFirmware() });
    log = new BoardLog(port);
    const config = {
      essid: 'Garten',
      language: 'de',
      title: 'Pumpe {3} & Co',
      accent: '#1a7f37',
      logo: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="64"><circle cx="4" cy="4" r="4"/></svg>',
      fields: [
        { name: 'mqtt', label: 'MQTT-Broker', required: true, hint: 'Name oder Adresse' },
        { name: 'every', label: 'Messung', type: 'choice', choices: ['oft', 'selten'], default: 'oft' },
      ],
      static_ip: 'ask',
    } as const;
    await install(port, { log, config, restart: false });
    for (const ssid of ['Corner Café ☕', 'Not in range'])
      await setNetwork(port, { ssid: Buffer.from(ssid), password: 'outdated one' }, { verify: false });
    await log.waitFor((entry): entry is LogEntry => entry.event === 'portal.ready', { timeoutMs: 60_000 });
    const args = [`--host-resolver-rules=MAP * ${web}`, '--no-sandbox', '--disable-gpu', '--disable-quic'];
    browser = await chromium.launch({ executablePath: executablePath ?? '', args });
    page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  });

  afterAll(async () => {
    await browser?.close();
    await port?.[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  async function signIn(password: string): Promise<void> {
    await page.goto('http://192.168.4.1/');
    await page.getByRole('radio', { name: /^Home WiFi/ }).check();
    await page.getByLabel('Passwort', { exact: true }).fill(password);
    await page.getByLabel('MQTT-Broker').fill('broker.local');
    await page.evaluate("document.querySelector('[name=static_ip]').value = ''");
    await page.getByRole('button', { name: 'Verbinden' }).click();
  }

  const alert = () => page.getByRole('alert').textContent();

  test('the form has the language, the title, the colour and the logo that were chosen', async () => {
    // As in sign-in.test.ts: the first search may take the access point away for a moment.
    await vi.waitFor(() => page.goto('http://192.168.4.1/'), { timeout: 60_000, interval: 200 });
    expect(await page.evaluate('document.documentElement.lang')).toBe('de');
    expect(await page.title()).toBe('Pumpe {3} & Co');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Pumpe {3} & Co');
    const colour = await page.evaluate("getComputedStyle(document.querySelector('button')).backgroundColor");
    expect(colour).toBe('rgb(26, 127, 55)');
    expect(await page.locator('header svg circle').isVisible()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390);
  });

  test('the stored network in range is marked and can be forgotten, the fields come after it', async () => {
    const stored = page.getByRole('radio', { name: /^Corner Café ☕\s*gespeichert/ });
    const countAgain = async () => {
      await page.goto('http://192.168.4.1/');
      return stored.count();
    };
    await expect.poll(countAgain).toBe(1); // after the first search
    expect(await page.getByRole('button', { name: 'Dieses Netzwerk vergessen' }).isVisible()).toBe(true);
    expect(await page.getByLabel('Messung').inputValue()).toBe('oft');
    expect(await page.getByText('Name oder Adresse').isVisible()).toBe(true);
    const address = page.getByLabel('Feste Adresse');
    expect(await address.isVisible()).toBe(false);
    await page.getByText('Feste Adresse').click();
    expect(await address.isVisible()).toBe(true);
    await stored.check();
    await page.getByRole('button', { name: 'Dieses Netzwerk vergessen' }).click();
    await page.getByText('Suche nach Netzwerken').first().waitFor();
    await expect.poll(countAgain).toBe(0);
  });

  test('an address that cannot work is said in German, and stays unfolded with what was typed', async () => {
    await page.goto('http://192.168.4.1/');
    await page.getByText('Feste Adresse').click();
    await page.getByLabel('Feste Adresse').fill('192.168.1.50/24,10.0.0.1');
    await page.getByLabel('MQTT-Broker').fill('broker.local');
    await page.getByLabel('Messung').selectOption('selten');
    await page.getByRole('radio', { name: /^Home WiFi/ }).check();
    await page.getByRole('button', { name: 'Verbinden' }).click();
    expect(await alert()).toBe('Feste Adresse: ungültig.');
    await expect.poll(() => page.getByLabel('Feste Adresse').isVisible()).toBe(true); // the form follows the message
    expect(await page.getByLabel('Feste Adresse').inputValue()).toBe('192.168.1.50/24,10.0.0.1');
    expect(await page.getByLabel('Messung').inputValue()).toBe('selten');
  });

  test('problems are said in German, and the log says them in English', async () => {
    await signIn('kurz');
    expect(await alert()).toBe('Ein Passwort hat 8 bis 63 Zeichen.');
    await signIn('das falsche Passwort');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Verbinde mit Home WiFi');
    const failed = await log.waitFor(
      (entry): entry is LogEntry & { event: 'wifi.failed' } =>
        entry.event === 'wifi.failed' && entry.ssid === 'Home WiFi',
      { timeoutMs: 60_000 },
    );
    expect(failed?.reason).toBe('wrong password');
    await page.goto('http://192.168.4.1/');
    expect(await alert()).toBe('Verbindung fehlgeschlagen: falsches Passwort.');
  });

  test('the page that waits renews itself until the result is there', async () => {
    await signIn('correct horse');
    await page.getByText('Garten ist jetzt in Home WiFi').waitFor();
    await page.getByRole('button', { name: 'Fertig' }).click();
    await page.getByText('Du kannst diese Seite schließen.').waitFor();
  });
});
