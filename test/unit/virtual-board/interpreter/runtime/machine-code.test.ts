// Where V8 optimizes the JavaScript of a board's worker. In the background it could wait for the worker's next garbage
// collection while the worker, ended, waits for the background: too seldom to be provoked, and so asked of V8.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../../support/virtual-port.js';

/** A board in a process of its own. */
const PROGRAM = fileURLToPath(new URL('../board-program.js', import.meta.url));

test('a worker optimizes in its own thread', async () => {
  const state = temporaryFolder();
  mkdirSync(join(state, 'files'));
  const work = 'x = 0\nfor i in range(300):\n    with open("f", "w") as f: f.write(str(i))\nprint("done")\n';
  writeFileSync(join(state, 'files', 'main.py'), work);
  const board = spawn(process.execPath, ['--trace-opt', PROGRAM, state], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    board.kill('SIGKILL');
  });
  let output = '';
  // Without the flag V8 has a background for everything, in the main thread and in workers alike.
  for await (const text of board.stdout.setEncoding('utf8')) {
    output += text;
    if (output.includes('ConcurrencyMode::kSynchronous') || output.includes('done')) break;
  }
  expect(output).toContain('ConcurrencyMode::kSynchronous');
});
