// A package whose files were damaged after it was installed.

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

test('a damaged package is one error, with its result', async () => {
  const copy = join(home.folder, 'package');
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const packed = join(copy, 'dist', 'portal.json');
  const hash = /"sha256": "(\w)/;
  writeFileSync(
    packed,
    readFileSync(packed, 'utf8').replace(hash, (found) => `${found.slice(0, -1)}x`),
  );
  const args = ['install', '--json', '--port', 'virtual:damaged?speed=max&http=0&dns=0'];
  const { stdout, stderr } = spawnSync(process.execPath, [join(copy, 'bin', 'esp-portal.js'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
  });
  expect(stderr).toBe('');
  const result = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(result).toMatchObject({
    event: 'result',
    error: { message: expect.stringContaining('is damaged') },
  });
});
