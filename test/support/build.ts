// Builds before any test, where that has not been done: tests run what the build writes to dist/ and build/. Gives all
// tests a temporary folder of their own.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export function setup(): () => void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.js', import.meta.url))], {
    stdio: 'inherit',
  });
  // What a test that is killed leaves behind goes with the run.
  const folder = mkdtempSync(join(tmpdir(), 'esp-portal-run-'));
  for (const variable of ['TMPDIR', 'TEMP', 'TMP']) process.env[variable] = folder;
  // No test reaches the network, and Node.js reads all these certificates at the start of each process.
  delete process.env.NODE_EXTRA_CA_CERTS;
  process.env.MADE_BOARDS = join(folder, 'made-boards');
  mkdirSync(process.env.MADE_BOARDS);
  return () => rmSync(folder, { recursive: true, force: true });
}
