// The operations on a board, in the order of a board's life. Runs unchanged on a board on a cable:
//   ESP_PORTAL_TEST_PORT=/dev/ttyUSB0 ESP_PORTAL_TEST_FIRMWARE=ESP8266_GENERIC-….bin npx vitest run test/board
// It erases that board.

import {
  BoardLog,
  flash,
  install,
  type LogEntry,
  monitor,
  type Port,
  PortalError,
  resetCredentials,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';
import { replConformance } from '../support/repl-conformance.js';
import { openTestPort, testFirmware } from '../support/test-port.js';

const home = new CliHome();
let port: Port;

beforeAll(async () => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  port = await openTestPort();
});
afterAll(async () => {
  await port?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

test('flash writes, verifies and sees the firmware', { timeout: 180_000 }, async ({ skip, task }) => {
  const firmware = testFirmware();
  if (!firmware) {
    skip('ESP_PORTAL_TEST_FIRMWARE names no image');
    return;
  }
  const before = port.usb;
  const result = await flash(port, { firmware, erase: true });
  const { chip, flashSizeBytes, banner, build } = result;
  // For the report of `npm run test:board`.
  Object.assign(task.meta, { board: { chip, flashSizeBytes, banner, build, usb: before?.kind } });
  expect(result.mac).toMatch(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
  expect(result.version).toBe(firmware.version);
  if (before?.mac) expect(result.mac).toBe(before.mac);
});

describe('its raw REPL', () => {
  replConformance(() => port, { sleep: (milliseconds) => `import time; time.sleep_ms(${milliseconds})` });
});

/** An ESP32-H2 has none, and the plain build for an ESP32-P4 leaves it out: `install` says so. */
async function skipWithoutWifi({ skip }: Pick<TestContext, 'skip'>): Promise<void> {
  const failure = await install(port, { dryRun: true }).catch((error: unknown) => error);
  if (failure instanceof PortalError && failure.code === 'board-no-wifi') skip(failure.message);
}

test('install puts the portal on it and sees it ready, twice', { timeout: 180_000 }, async ({ skip }) => {
  await skipWithoutWifi({ skip });
  for (let round = 0; round < 2; round++) {
    const result = await install(port);
    expect(result).toMatchObject({
      state: 'portal',
      kept: {},
      ssid: expect.stringMatching(/^ESP(8266|32)-[0-9a-f]{6}$/),
    });
  }
});

test('monitor does not restart it', async () => {
  const seen: LogEntry[] = [];
  const following = monitor(port, { timeoutMs: 1500, onLog: (entry) => seen.push(entry) });
  await expect(following).rejects.toMatchObject({ code: 'timeout' });
  expect(seen.map(({ event }) => event)).not.toContain('portal.starting');
});

test('reset-creds removes what was stored and comes back to the portal', {
  timeout: 120_000,
}, async ({ skip }) => {
  await skipWithoutWifi({ skip });
  {
    await using repl = await RawRepl.enter(port);
    await repl.exec("f = open('wifi.creds', 'wb')\nf.write(b',9,no,such,x,pass,word')\nf.close()");
  }
  const { forgotten, portal } = await resetCredentials(port);
  expect(forgotten).toEqual(['no,such,x']);
  expect(portal).toMatchObject({ state: 'portal' });
  await using repl = await RawRepl.enter(port);
  expect(await repl.exec("import os\nprint('wifi.creds' in os.listdir())")).toBe('False\r\n');
});

test('a program that ends by an exception is one event with its frames', async () => {
  const log = new BoardLog(port);
  await port.write(Buffer.from('\r\x03'));
  await port.write(Buffer.from("exec('def f():\\n x.y\\nf()')\r"));
  const isTraceback = (entry: LogEntry): entry is LogEntry & { event: 'python.traceback' } =>
    entry.event === 'python.traceback';
  const traceback = await log.waitFor(isTraceback, { timeoutMs: 30_000 });
  expect(traceback).toMatchObject({ type: 'NameError' });
  expect(traceback?.frames.length).toBeGreaterThan(1);
});
