// npm run screenshots [-- FOLDER]: a virtual board's portal in every state, as a browser shows it. Without a folder
// it renews those in docs/images/, where space is short: every state on a phone, a few of them dark and on a desktop.
// Needs Chromium (Debian's by default; CHROMIUM names another).
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { BoardLog, checkFirmware, flash, install, openPort } from '../dist/index.js';
import { virtualBoard } from '../dist/virtual-board.js';

const DOCS = fileURLToPath(new URL('../docs/images/', import.meta.url));
const folder = process.argv[2] ?? DOCS;
/** States of which docs/images/ has all four pictures. */
const IN_FULL = ['form', 'connected'];
const SIZES = { phone: { width: 390, height: 700 }, desktop: { width: 1024, height: 700 } };
const AIR = [
  // Its address takes long, so that there is time to look at the page that waits for it.
  { ssid: 'Home WiFi', password: 'correct horse', channel: 6, rssi: -48, addressMs: 12_000 },
  { ssid: 'Smith, Jones & Co', password: 'comma,comma', channel: 1, rssi: -65 },
  { ssid: 'Office', enterprise: true, channel: 6, rssi: -70 },
  { ssid: 'Corner Café', password: '', channel: 11, rssi: -72 },
  { ssid: 'Lamp', password: 'let there be', channel: 3, rssi: -84 },
];

const state = mkdtempSync(join(tmpdir(), 'esp-portal-screenshots-'));
process.env.ESP_PORTAL_STATE_DIR = state;
writeFileSync(join(state, 'air.json'), JSON.stringify(AIR));

/** A virtual board with the portal, and a browser for which every name is that board. */
async function openPortal(name, config) {
  let web = '';
  const port = await openPort(`virtual:${name}?speed=max&http=0&dns=0&air=${join(state, 'air.json')}`, {
    onNotice: ({ url }) => {
      if (url?.startsWith('http:')) web = new URL(url).host;
    },
  });
  await flash(port, { firmware: checkFirmware(virtualBoard('virtual:').ownFirmware, 'own firmware') });
  const log = new BoardLog(port);
  await install(port, { log, config });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [`--host-resolver-rules=MAP * ${web}`, '--no-sandbox', '--disable-gpu'],
  });
  return { port, log, browser };
}

const { port, log, browser } = await openPortal('lamp', { essid: 'Garden pump' });
const until = (event) => log.waitFor((entry) => entry.event === event, { timeoutMs: 60_000 });

const pages = [];
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({ viewport, colorScheme, isMobile: size === 'phone' });
    pages.push([page, `${size === 'phone' ? '' : '-desktop'}${colorScheme === 'dark' ? '-dark' : ''}`]);
  }
}

/** Takes every picture of a state; `show` brings a page to it. */
async function shoot(name, show = (page) => page.goto('http://192.168.4.1/')) {
  for (const [page, variant] of pages) {
    if (folder === DOCS && variant !== '' && !IN_FULL.includes(name)) continue;
    await show(page);
    await page.screenshot({ path: join(folder, `portal-${name}${variant}.png`), fullPage: true });
  }
}

const [first] = pages[0];
async function submit(password) {
  await first.goto('http://192.168.4.1/');
  await first.getByRole('radio', { name: /^Home WiFi/ }).check();
  await first.getByLabel('Password', { exact: true }).fill(password);
  await first.getByRole('button', { name: 'Connect' }).click();
  await first.waitForLoadState();
}

mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) if (name.startsWith('portal-')) rmSync(join(folder, name));
await shoot('form');
await shoot('refused', (page) => page.goto('http://192.168.4.1/wpad.dat'));
await shoot('other', async (page) => {
  await page.goto('http://192.168.4.1/');
  await page.getByRole('radio', { name: 'Other network' }).check();
});
await submit('short');
await shoot('problem');
await shoot('scanning', (page) => page.getByRole('button', { name: 'Scan again' }).click());
await submit('the wrong one');
await until('wifi.failed');
await shoot('failed');
await submit('correct horse');
await shoot('connecting');
await until('wifi.connected');
await shoot('connected');
await shoot('done', (page) => page.getByRole('button', { name: 'Done' }).click());
await browser.close();
await port[Symbol.asyncDispose]();

const german = await openPortal('german', {
  essid: 'Gartenpumpe',
  language: 'de',
  title: 'Gartenpumpe einrichten',
  accent: '#1a7f37',
  logo: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="64"><circle cx="24" cy="24" r="22" fill="#1a7f37"/><path d="M24 9c6 9 10 13 10 19a10 10 0 0 1-20 0c0-6 4-10 10-19z" fill="#fff"/></svg>',
});
const page = await german.browser.newPage({ viewport: SIZES.phone, isMobile: true });
await page.goto('http://192.168.4.1/');
await page.screenshot({ path: join(folder, 'portal-german.png'), fullPage: true });
await german.browser.close();
await german.port[Symbol.asyncDispose]();

const fields = await openPortal('meter', {
  essid: 'Meter',
  fields: [
    { name: 'mqtt', label: 'MQTT broker', required: true, hint: 'name or address' },
    { name: 'port', label: 'Port', type: 'number', default: '1883' },
    {
      name: 'every',
      label: 'Measure',
      type: 'choice',
      choices: ['every minute', 'every hour'],
      default: 'every hour',
    },
  ],
  static_ip: 'ask',
});
const form = await fields.browser.newPage({ viewport: SIZES.phone, isMobile: true });
await form.goto('http://192.168.4.1/');
await form.getByText('Static address').click();
await form.screenshot({ path: join(folder, 'portal-fields.png'), fullPage: true });
await fields.browser.close();
await fields.port[Symbol.asyncDispose]();
rmSync(state, { recursive: true });
