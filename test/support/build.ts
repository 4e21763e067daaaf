// Builds once before any test: tests of whole boards use dist/, because a worker thread cannot load TypeScript.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.js', import.meta.url))], {
    stdio: 'inherit',
  });
  process.env.MADE_BOARDS = mkdtempSync(join(tmpdir(), 'esp-portal-boards-'));
}

export function teardown(): void {
  rmSync(process.env.MADE_BOARDS ?? '', { recursive: true, force: true });
}
