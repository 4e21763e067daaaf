// A person with a phone: a real browser (Debian's Chromium) that believes every name on the internet is the board.

import { mkdirSync, readFileSync } from 'node:fs';
import axe from 'axe-core';
import { BoardLog, flash, install, type LogEntry, openPort, type Port } from 'esp-portal';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const executablePath = component('chromium-headless-shell');
const PICTURES = new URL('../../test-output/', import.meta.url).pathname;
const PHONE = { width: 390, height: 844 };

describe.skipIf(!executablePath)('signing in on a phone', () => {
  const home = new CliHome();
  let port: Port;
  let log: BoardLog;
  let browser: Browser;
  let page: Page;
  /** For what axe-core looks at. */
  let copy: Page;
  let waiting = '';
  let connected = '';

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    let web = '';
    port = await openPort('virtual:phone?speed=max&http=0&dns=0', {
      onNotice: ({ url }) => {
        if (url?.startsWith('http:')) web = new URL(url).host;
      },
    });
    await flash(port, { firmware: ownFirmware() });
    log = new BoardLog(port);
    await install(port, { log });
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: [
        `--host-resolver-rules=MAP * ${web}`,
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    page = await browser.newPage({ viewport: PHONE, isMobile: true, hasTouch: true });
    copy = await browser.newPage({ viewport: PHONE });
  });

  afterAll(async () => {
    await browser?.close();
    await port?.[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  const shoot = (name: string) => page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });

  /** What axe-core finds wrong for people who see little, nothing, or no mouse: light and dark. */
  async function barriers(html: string): Promise<string[]> {
    const found: string[] = [];
    // Its copy stays, while some pages renew themselves.
    await copy.setContent(html.replace(/<meta http-equiv="?refresh[^>]*>/, ''));
    await copy.evaluate(`globalThis.axe ?? (() => { ${axe.source} })()`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await copy.emulateMedia({ colorScheme });
      const { violations, passes } = (await copy.evaluate('axe.run()')) as axe.AxeResults;
      expect(passes.map(({ id }) => id)).toContain('color-contrast');
      found.push(...violations.map(({ id, nodes }) => `${colorScheme}: ${id} ${nodes[0]?.html}`));
    }
    return found;
  }

  test("Android's probe leads to the form, and the form fits the screen", async () => {
    // The first search ends on another channel: a phone that joins just then loses the access point, and tries again.
    const probe = () => page.goto('http://connectivitycheck.gstatic.com/generate_204');
    await vi.waitFor(probe, { timeout: 60_000, interval: 200 });
    expect(page.url()).toBe('http://192.168.4.1/');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(
      /^Connect ESP8266-\w{6} to your WiFi$/,
    );
    await shoot('form');
    const widest = await page.evaluate('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(PHONE.width);
    expect(await barriers(await page.content())).toEqual([]);
  });

  test('the name of another network can be typed once it is chosen', async () => {
    const name = page.getByRole('textbox', { name: 'Network name' });
    expect(await name.isVisible()).toBe(false);
    await page.getByRole('radio', { name: /^Other network/ }).check();
    expect(await name.isVisible()).toBe(true);
    expect(await name.inputValue()).toBe('');
    expect(await barriers(await page.content())).toEqual([]);
  });

  test('choosing another network moves nothing on the page', async () => {
    const places = () =>
      page.evaluate(`[...document.querySelectorAll('[name=ssid], #p, button')].map((one) => {
        const { x, y } = one.getBoundingClientRect();
        return [x, y];
      })`);
    await page.goto('http://192.168.4.1/');
    const before = await places();
    await page.getByRole('radio', { name: 'Other network' }).check();
    expect(await places()).toEqual(before);
    await page.getByRole('radio', { name: /^Home WiFi/ }).check();
    expect(await places()).toEqual(before);
  });

  test('accents of a typed name are composed, as scanned names have them', async () => {
    await page.getByRole('radio', { name: 'Other network' }).check();
    const name = page.getByRole('textbox', { name: 'Network name' });
    await name.fill('Cafe\u0301');
    await name.blur();
    expect(await name.inputValue()).toBe('Caf\u00e9');
  });

  test('a composed name means the network whose accents are sent apart from their letters', async () => {
    await page.reload();
    await page.getByRole('radio', { name: 'Other network' }).check();
    // As some routers send it; the form has to send back these very bytes.
    await page.evaluate("document.querySelector('[name=ssid]').value = 'Cafe\\u0301'");
    const name = page.getByRole('textbox', { name: 'Network name' });
    await name.fill('Caf\u00e9');
    await name.blur();
    expect(await name.inputValue()).toBe('Cafe\u0301');
    await page.reload();
  });

  test('without JavaScript nothing is shown that would not work, and the form does', async () => {
    const context = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto('http://192.168.4.1/');
    expect(await plain.getByRole('checkbox').count()).toBe(0);
    await plain.getByRole('radio', { name: /^Home WiFi/ }).check();
    await plain.getByLabel('Password', { exact: true }).fill('short');
    await plain.getByRole('button', { name: 'Connect' }).click();
    expect(await plain.getByRole('alert').textContent()).toMatch(/8 to 63/);
    await context.close();
  });

  test('the password can be shown and hidden again', async () => {
    const password = page.getByLabel('Password', { exact: true });
    await password.fill('not the right one');
    await page.getByLabel('Show password').check();
    expect(await password.getAttribute('type')).toBe('text');
    await page.getByLabel('Show password').uncheck();
    expect(await password.getAttribute('type')).toBe('password');
  });

  test('a wrong password brings the form back with the reason, the network kept and the password gone', async () => {
    await page.getByRole('radio', { name: /^Home WiFi/ }).check();
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('alert').waitFor({ timeout: 30_000 });
    await shoot('wrong-password');
    expect(await page.getByRole('alert').textContent()).toMatch(/wrong password/);
    expect(await page.getByRole('radio', { name: /^Home WiFi/ }).isChecked()).toBe(true);
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    expect(await barriers(await page.content())).toEqual([]);
  });

  test('the right password, by keyboard alone, leads to the status page with network and address', async () => {
    await page.getByRole('radio', { name: /^Home WiFi/ }).focus();
    await page.keyboard.press('Tab');
    await page.keyboard.type('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Connecting to Home WiFi' }).waitFor();
    waiting = await page.content();
    await page.getByRole('heading', { name: 'Connected' }).waitFor({ timeout: 30_000 });
    connected = await page.content();
    await shoot('connected');
    const text = await page.getByRole('main').textContent();
    expect(text).toContain('Home WiFi');
    expect(text).toMatch(/\d+\.\d+\.\d+\.\d+/);
    expect(text).not.toContain('correct horse');
  });

  test('after Done the access point closes and the network is stored', async () => {
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'All set' }).waitFor();
    const done = await page.content();
    const closed = await log.waitFor((entry): entry is LogEntry => entry.event === 'ap.stopped', {
      timeoutMs: 30_000,
    });
    expect(closed).toBeDefined();
    expect(readFileSync(home.boardFile('phone', 'wifi.creds'), 'utf8')).toBe('Home WiFi,correct horse\n');
    // Only now: the result is shown for some seconds only.
    for (const html of [waiting, connected, done]) expect(await barriers(html)).toEqual([]);
  });
});
