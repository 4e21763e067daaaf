// README's example of the library, run as it is printed, from a folder's root.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const state = mkdtempSync(join(tmpdir(), 'esp-portal-readme-'));
afterAll(() => rmSync(state, { recursive: true, force: true }));

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const code = /## As a library[\s\S]*?```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';

/** As a phone does: again after a moment, while the access point that moved to another channel is not found yet. */
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

/** Runs it on a board that lasts, and signs in once the form is there. */
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

test('the example in README ends once somebody signed in, and the second time because the board is online', async () => {
  expect(code).toContain("from 'esp-portal'");
  const first = await run();
  expect(first.exitCode).toBe(0);
  expect(first.lines.join('\n')).toMatch(/^portal ESP8266-\w{6} http:/m);
  const second = await run();
  expect(second.exitCode).toBe(0);
  expect(second.lines.join('\n')).toMatch(/^connected Home WiFi http:/m);
});
