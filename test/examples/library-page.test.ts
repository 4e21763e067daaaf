// The example in docs/library.md, run as printed.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'esp-portal-library-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const page = readFileSync(join(root, 'docs/library.md'), 'utf8');
const code = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

/** Retries like a phone while the access point, which moved to another channel, is not found. */
async function signIn(web: string): Promise<void> {
  const body = new URLSearchParams({ ssid: 'Home WiFi', password: 'correct horse' });
  for (let tries = 1; ; tries++) {
    try {
      expect((await fetch(new URL('/login', web), { method: 'POST', body })).status).toBe(200);
      return;
    } catch (error) {
      if (!(error instanceof TypeError) || tries === 50) throw error;
      await delay(100);
    }
  }
}

/** Runs the example on a board whose state outlives the process, and signs in when the portal is open. */
async function run(): Promise<{ exitCode: number | null; lines: readonly string[] }> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: root,
    env: { ...process.env, ESP_PORTAL_STATE_DIR: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines: string[] = [];
  let web = '';
  try {
    for await (const line of createInterface(child.stdout)) {
      lines.push(line);
      web = /reachable at (http:\S+)/.exec(line)?.[1] ?? web;
      if (line.startsWith('portal ')) await signIn(web);
    }
  } finally {
    child.kill();
  }
  return { exitCode: await closed, lines };
}

test('the library example ends after the sign-in, and on the second run because the board is connected', async () => {
  expect(code).toContain("from 'esp-portal'");
  const first = await run();
  expect(first.exitCode).toBe(0);
  expect(first.lines.join('\n')).toMatch(/^portal ESP8266-\w{6} http:/m);
  const second = await run();
  expect(second.exitCode).toBe(0);
  expect(second.lines.join('\n')).toMatch(/^connected Home WiFi http:/m);
});
