// reset-creds by its files, its radio's memory and what it says, on a virtual board.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { linesOf, SERIES } from '../support/log-fixtures.js';

const home = new CliHome();
const PORT = 'virtual:home?speed=max&http=0&dns=0';
const file = (name: string) => home.boardFile('home', name);
const sdkFile = () => join(dirname(dirname(file('x'))), 'sdk.json');
const sdk = () => JSON.parse(readFileSync(sdkFile(), 'utf8'));
const resetCreds = (...args: string[]) => home.call(['reset-creds', '--port', PORT, ...args]);

beforeAll(async () => {
  home.makeBoard('home', 'portal');
});
afterAll(() => home[Symbol.dispose]());

describe('a board with networks in its file and in files of an interrupted save', () => {
  beforeEach(() => {
    writeFileSync(file('wifi.creds'), 'Home WiFi,hunter2 for one\nOffice,hunter2 for work\n');
    writeFileSync(file('wifi.creds.new'), ',5,A,b,c,hunter2 for another');
    writeFileSync(file('wifi.creds.backup'), "the user's own");
  });
  const NAMES = ['Home WiFi', 'Office', 'A,b,c'];

  test('lists them and changes nothing with --dry-run', async () => {
    const run = await resetCreds('--dry-run', '--json');
    expect(run.result()).toMatchObject({ ok: true, dryRun: true, forgotten: NAMES, restarted: true });
    expect(run.stdout + run.stderr).not.toContain('hunter2');
    expect(existsSync(file('wifi.creds')) && existsSync(file('wifi.creds.new'))).toBe(true);
    const after = await home.call(['monitor', '--port', PORT, '--until', 'creds.loaded', '--timeout', '20']);
    expect(after.exitCode).toBe(0); // its program runs again
  });

  test('deletes all of them, lists them, and opens its access point', async () => {
    const run = await resetCreds();
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(
      /Forgotten: "Home WiFi" \(wifi\.creds.*\), "Office" \(wifi\.creds\) and "A,b,c" \(wifi\.creds\.new\)\./,
    );
    expect(run.stdout).toContain('The portal is ready');
    expect(run.stdout + run.stderr).not.toContain('hunter2');
    expect(existsSync(file('wifi.creds')) || existsSync(file('wifi.creds.new'))).toBe(false);
    expect(readFileSync(file('wifi.creds.backup'), 'utf8')).toBe("the user's own");
    expect(sdk().credentials).toEqual({ ssid: '', password: '' });
  });

  test('is left at its prompt with --no-restart', async () => {
    const run = await resetCreds('--no-restart', '--json');
    expect(run.result()).toMatchObject({ ok: true, forgotten: NAMES, restarted: false });
    expect(run.json().map(({ event }) => event)).not.toContain('portal.starting');
    expect(existsSync(file('wifi.creds'))).toBe(false);
  });
});

test('a network that only the SDK stores is deleted, too', async () => {
  const credentials = { ssid: 'Old one', password: 'hunter2' };
  writeFileSync(sdkFile(), JSON.stringify({ ...sdk(), credentials }));
  const asked = await resetCreds('--dry-run', '--json');
  expect(asked.result()).toMatchObject({
    forgotten: ['Old one'],
    found: [{ ssid: 'Old one', in: 'chip' }],
    files: [],
  });
  expect(sdk().credentials).toEqual(credentials);
  const run = await resetCreds('--json');
  expect(run.result()).toMatchObject({ forgotten: ['Old one'], portal: { state: 'portal' } });
  expect(run.stdout).not.toContain('hunter2');
  expect(sdk().credentials).toEqual({ ssid: '', password: '' });
});

test('a damaged file is removed too, and what is in it is not shown', async () => {
  writeFileSync(file('wifi.creds'), 'hunter2');
  const asked = await resetCreds('--dry-run', '--json');
  expect(asked.result()).toMatchObject({ forgotten: [], found: [], damaged: ['wifi.creds'] });
  const run = await resetCreds();
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('No network was stored.\nRemoved, damaged: wifi.creds.');
  expect(run.stdout + run.stderr).not.toContain('hunter2');
  expect(existsSync(file('wifi.creds'))).toBe(false);
});

test('nothing stored is no error', async () => {
  const run = await resetCreds('--json');
  expect(run.result()).toMatchObject({ ok: true, exitCode: 0, forgotten: [], portal: { state: 'portal' } });
});

test("the blog series' program has succeeded with its access point, though it names no portal", async () => {
  const port = 'virtual:series?speed=max&http=0&dns=0';
  home.makeBoard('series', 'micropython');
  const lines = linesOf(SERIES).slice(1, 10);
  writeFileSync(home.boardFile('series', 'captive_portal.py'), '');
  writeFileSync(
    home.boardFile('series', 'main.py'),
    lines.map((line) => `print(${JSON.stringify(line)})\n`).join(''),
  );
  writeFileSync(home.boardFile('series', 'wifi.creds'), 'Home WiFi,hunter2');
  const run = await home.call(['reset-creds', '--port', port]);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('Forgotten: "Home WiFi" (wifi.creds).');
  expect(run.stdout).toContain('The access point is open: http://192.168.4.1/');
});

test('a board without a portal and without a filesystem deletes the network of its SDK', async () => {
  const port = 'virtual:tiny?flash=512K&speed=max&http=0&dns=0';
  await home.call(['flash', '--port', port]);
  const run = await home.call(['reset-creds', '--port', port]);
  expect(run.exitCode).toBe(0);
  expect(run.stdout).toContain('The board has no portal');
});
