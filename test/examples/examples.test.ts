// The programs in examples/, run as their comments say, on virtual boards.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveBoard } from '../support/served-board.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const folder = mkdtempSync(join(tmpdir(), 'esp-portal-examples-'));
const board = (name: string) => `virtual:${name}?speed=max&http=0&dns=0`;
const firmware = join(folder, 'firmware.bin');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = folder;
  writeFileSync(firmware, ownFirmware().bytes);
});

interface Run {
  readonly exitCode: number | null;
  readonly lines: readonly string[];
}

function run(name: string, args: readonly string[]): Promise<Run> {
  const path = fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, lines })));
}

test('drawer.js sets up several boards at once, and reports which one failed and why', async () => {
  await using one = await serveBoard(board('one'));
  await using two = await serveBoard(board('two'));
  const { exitCode, lines } = await run('drawer.js', [firmware, one.url, two.url, '/dev/no-such-port']);
  expect(exitCode).toBe(1);
  expect(lines).toHaveLength(3);
  for (const { url } of [one, two]) {
    expect(lines.find((line) => line.startsWith(url))).toMatch(/[\da-f:]{17} {2}WiFi ESP8266-/);
  }
  expect(lines.find((line) => line.startsWith('/dev/no-such-port'))).toContain('port-not-found');
});

test('wait-for-network.js ends when the board is on its network', async () => {
  const air = join(folder, 'air.json');
  writeFileSync(air, JSON.stringify([{ ssid: 'Home', password: 'secret123', channel: 6, rssi: -50 }]));
  writeFileSync(join(folder, 'virtual', 'one', 'files', 'wifi.creds'), 'Home,secret123');
  const { exitCode, lines } = await run('wait-for-network.js', [`${board('one')}&air=${air}`, '30']);
  expect(exitCode).toBe(0);
  expect(lines.at(-1)).toMatch(/^http:\/\/192\.168\.\d+\.\d+\/$/);
});
