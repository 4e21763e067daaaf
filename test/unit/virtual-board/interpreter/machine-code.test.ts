// Where V8 optimizes the JavaScript of a board's worker. In the background it could wait for the worker's next garbage
// collection while the worker, ended, waits for the background: too seldom to be provoked, and so asked of V8.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../support/virtual-port.js';

const BIN = fileURLToPath(new URL('../../../../bin/esp-portal.js', import.meta.url));

test('a worker optimizes in its own thread', async () => {
  const args = ['--trace-opt', BIN, 'flash', '--port', 'virtual:x?speed=max&http=0&dns=0'];
  const env = { ...process.env, ESP_PORTAL_STATE_DIR: temporaryFolder() };
  const { stdout } = await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1e8 });
  // Without the flag V8 has a background for everything, in the main thread and in workers alike.
  expect(stdout).toContain('ConcurrencyMode::kSynchronous');
});
