// Output to a full disk.

import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { ERROR_TABLE } from '../../src/error-table.js';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

describe.runIf(existsSync('/dev/full'))('provoked, it matches the table', () => {
  test('output-failed says that the command itself was complete', () => {
    home.makeBoard('complete', 'micropython');
    const full = openSync('/dev/full', 'w');
    const args = ['uninstall', '--dry-run', '--port', board('complete')];
    const { status, stderr } = spawnSync(process.execPath, ['bin/esp-portal.js', ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
      env: { ...process.env, ESP_PORTAL_STATE_DIR: home.folder },
    });
    closeSync(full);
    expect(status).toBe(ERROR_TABLE['output-failed'].exitStatus);
    expect(stderr).toContain(
      'Error: The output cannot be written: the disk is full. Nothing was left to do on the board.\n',
    );
  });

  test.each([
    ['firmware', '--offline'],
    ['firmware', '--offline', '--json'],
    ['--help'],
    ['flash', '--help'],
    ['--version'],
  ])('output-failed %s', (...args) => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, ['bin/esp-portal.js', ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    const { exitStatus, example, cause, next } = ERROR_TABLE['output-failed'];
    expect(status).toBe(exitStatus);
    expect(stderr).toBe(`Error: ${example}\nLikely cause: ${cause}\nNext: ${next}\n`);
  });
});
