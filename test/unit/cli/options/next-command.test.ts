import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { nextCommand } from '../../../../src/cli/options/shared.js';

test.each([
  ['esp-portal flash --port PORT', '/dev/ttyUSB0', 'esp-portal flash --port /dev/ttyUSB0'],
  ['Set ESP_PORTAL_STATE_DIR, then: --port PORT', 'COM3', 'Set ESP_PORTAL_STATE_DIR, then: --port COM3'],
  [
    'esp-portal flash --port PORT; or with --erase',
    'a$&b',
    "esp-portal flash --port 'a$&b'; or with --erase",
  ],
  ['Close PORTS.', '/dev/ttyUSB0', 'Close PORTS.'],
])('%s for the port %s is printed as %s', (next, port, printed) => {
  expect(nextCommand(next, port)).toBe(printed);
});

test.runIf(process.platform !== 'win32')('a shell takes the port as it was given, whatever it holds', () => {
  const port = `virtual:x?air=/it's "here"/$HOME \`id\`&speed=max`;
  const command = nextCommand('printf %s --port PORT', port).replace('--port ', '');
  expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })).toBe(port);
});
