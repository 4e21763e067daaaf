// The QR code of the portal on real terminals, read back by an independent decoder from what the screen shows.

import { readFileSync, writeFileSync } from 'node:fs';
import { virtualBoard } from 'esp-portal/virtual-board';
import jsQR from 'jsqr';
import { afterAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { serveBoard } from '../support/served-board.js';
import { talker } from '../support/talker.js';
import { python, TerminalRun } from '../support/terminal.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const BLOCKS = ' ▄▀█';
/** Pixels that a module is wide and high. */
const SCALE = 4;

/** Decodes the block characters of a screen, black on white or the other way round. */
function decode(lines: readonly string[], isInverse: boolean): string | undefined {
  const rows = lines.filter((line) => /^[ ▄▀█]{33,}$/.test(line)).map((line) => line.slice(0, 41));
  const columns = Math.max(...rows.map((line) => line.length), 0);
  const width = columns * SCALE;
  const height = rows.length * 2 * SCALE;
  const image = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = BLOCKS.indexOf(rows[Math.floor(y / SCALE / 2)]?.[Math.floor(x / SCALE)] ?? ' ');
      const isUpper = Math.floor(y / SCALE) % 2 === 0;
      const isInk = (block & (isUpper ? 2 : 1)) !== 0;
      if (isInk !== isInverse) image.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return jsQR.default(image, width, height, { inversionAttempts: 'dontInvert' })?.data;
}

const ready = (name: string, kind = '') =>
  `Captive portal ready: join ${kind}WiFi '${name}', then open http://192.168.4.1/\r\n`;

async function shown(
  lines: string,
  size: { columns: number; extraEnv?: Record<string, string> },
  args: readonly string[] = [],
): Promise<string[]> {
  const device = await talker(`${lines}END\r\n`);
  const until = ['--until', '/^END/', '--no-reconnect'];
  const run = new TerminalRun(home, ['monitor', '--port', device.port, ...until, ...args], {
    rows: 60,
    ...size,
  });
  expect(await run.end()).toBe(0);
  return run.screen();
}

describe.skipIf(!python)('the QR code of an open portal', () => {
  test.each([
    ['black on white', {}, false],
    ['without colours', { NO_COLOR: '1' }, true],
  ])('joins its WiFi, %s', async (_how, extraEnv, isInverse) => {
    const lines = await shown(ready('Pump; "Café" \\1'), { columns: 80, extraEnv });
    expect(decode(lines, isInverse)).toBe('WIFI:T:nopass;S:Pump\\; \\"Café\\" \\\\1;;');
  });

  test.each([
    ['in a narrow terminal', ready('Lamp') + ready('a name with all of its 32 bytes.'), 39, []],
    [
      'for a name that is no UTF-8, nor for a WiFi whose password is not known',
      ready('caf\\xe9') + ready('Lamp', 'protected '),
      80,
      [],
    ],
    ['with --no-qr', ready('Lamp'), 80, ['--no-qr']],
    ['with --quiet', ready('Lamp'), 80, ['--quiet']],
  ])('is not shown %s', async (_where, lines, columns, args) => {
    const screen = (await shown(lines, { columns }, args)).join('\n');
    if (!args.includes('--quiet')) expect(screen).toContain('Captive portal ready');
    expect(screen).not.toMatch(/[▄▀█]/);
  });
});

test.skipIf(!python)('a virtual board has no code: no phone can join it', async () => {
  home.makeBoard('virtual', 'micropython');
  const port = home.program('virtual', `print(${JSON.stringify(ready('Lamp').trim())})`);
  const args = ['monitor', '--until', 'portal.ready', '--port', port];
  const run = new TerminalRun(home, args, { columns: 80, rows: 60 });
  expect(await run.end()).toBe(0);
  const screen = (await run.screen()).join('\n');
  expect(screen).toContain('Captive portal ready');
  expect(screen).not.toMatch(/[▄▀█]/);
});

test('a pipe gets no code, and JSON its text', async () => {
  const args = ['monitor', '--until', 'portal.ready', '--no-reconnect', '--port'];
  const plain = await home.call([...args, (await talker(ready('Lamp'))).port]);
  expect(plain.stdout).not.toMatch(/[▄▀█]/);
  const json = await home.call([...args, (await talker(ready('Lamp'))).port, '--json']);
  expect(json.json()).toContainEqual(
    expect.objectContaining({ event: 'portal.ready', hasPassword: false, join: 'WIFI:T:nopass;S:Lamp;;' }),
  );
});

describe.skipIf(!python)('the QR code of a portal with a password', () => {
  test('has the password that install sets, which is in no log', async () => {
    home.makeBoard('locked', 'portal');
    const address = 'virtual:locked?speed=max&http=0&dns=0';
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using served = await serveBoard(address);
    const port = served.url;
    const log = `${home.folder}/locked.log`;
    const image = `${home.folder}/own.bin`;
    writeFileSync(image, virtualBoard(address).ownFirmware);
    const args = [
      'setup',
      '--firmware',
      image,
      '--essid',
      'Lamp',
      '--ap-password',
      'sesame open',
      '--until',
      'portal.ready',
    ];
    const run = new TerminalRun(home, [...args, '--port', port, '--log-file', log], {
      columns: 80,
      rows: 90,
    });
    expect(await run.end()).toBe(0);
    const screen = await run.screen();
    expect(decode(screen, false)).toBe('WIFI:T:WPA;S:Lamp;P:sesame open;;');
    expect(run.received).not.toContain('sesame');
    expect(readFileSync(log, 'utf8')).not.toMatch(/sesame|[▄▀█]/);
    const json = await home.call(['install', '--port', port, '--ap-password', 'sesame open', '--json']);
    const event = json.json().find(({ event }) => event === 'portal.ready');
    expect(event).toMatchObject({ essid: 'Lamp', hasPassword: true });
    expect(event).not.toHaveProperty('join');
    expect(json.stdout).not.toContain('sesame');
  });
});
