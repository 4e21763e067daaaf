// A person with a phone: a real browser (Debian's Chromium) that believes every name on the internet is the board.

import { mkdirSync, readFileSync } from 'node:fs';
import { BoardLog, checkFirmware, flash, install, type LogEntry, openPort, type Port } from 'esp-portal';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const executablePath = component('chromium');
const PICTURES = new URL('../../test-output/', import.meta.url).pathname;
const PHONE = { width: 390, height: 844 };

describe.skipIf(!executablePath)('signing in on a phone', () => {
  const home = new CliHome();
  let port: Port;
  let log: BoardLog;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    let web = '';
    port = await openPort('virtual:phone?speed=max&http=0&dns=0', {
      onNotice: ({ url }) => {
        if (url?.startsWith('http:')) web = new URL(url).host;
      },
    });
    await flash(port, { firmware: checkFirmware(port.ownFirmware ?? Buffer.of(), 'own firmware') });
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
  });

  afterAll(async () => {
    await browser?.close();
    await port?.[Symbol.asyncDispose]();
    home[Symbol.dispose]();
  });

  const shoot = (name: string) => page.screenshot({ path: `${PICTURES}${name}.png`, fullPage: true });

  test("Android's probe leads to the form, and the form fits the screen", async () => {
    await page.goto('http://connectivitycheck.gstatic.com/generate_204');
    expect(page.url()).toBe('http://192.168.4.1/');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/WiFi/);
    await shoot('form');
    const widest = await page.evaluate('document.documentElement.scrollWidth');
    expect(widest).toBeLessThanOrEqual(PHONE.width);
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
  });

  test('the right password leads to the status page with the network and the address', async () => {
    await page.getByLabel('Password', { exact: true }).fill('correct horse');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByRole('heading', { name: 'Connected' }).waitFor({ timeout: 30_000 });
    await shoot('connected');
    const text = await page.getByRole('main').textContent();
    expect(text).toContain('Home WiFi');
    expect(text).toMatch(/\d+\.\d+\.\d+\.\d+/);
    expect(text).not.toContain('correct horse');
  });

  test('after Done the access point closes and the network is stored', async () => {
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('heading', { name: 'All set' }).waitFor();
    const closed = await log.waitFor((entry): entry is LogEntry => entry.event === 'ap.stopped', {
      timeoutMs: 30_000,
    });
    expect(closed).toBeDefined();
    expect(readFileSync(home.boardFile('phone', 'wifi.creds'), 'utf8')).toBe('Home WiFi,correct horse');
  });
});
