// --wait: the command goes on when the board is plugged in.

import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { component } from '../support/components.js';

const home = new CliHome();
const socat = component('socat');
afterAll(() => home[Symbol.dispose]());

test.skipIf(!socat)('a command waits for a port that is not there yet', async () => {
  const path = join(home.folder, 'ttyLATE');
  let board: ReturnType<typeof spawn> | undefined;
  const run = await home.run(
    ['monitor', '--wait', '--port', path, '--until', '/hello/', '--timeout', '60', '--json'],
    (line) => {
      if (!line.includes('Waiting for the board')) return;
      board = spawn(socat ?? '', [
        `pty,raw,echo=0,link=${path}`,
        'system:"while echo hello; do sleep 0.1; done"',
      ]);
    },
  );
  board?.kill();
  expect(run.result()).toMatchObject({ ok: true, exitCode: 0 });
  expect(run.stdout.match(/Waiting for the board/g)).toHaveLength(1);
});

test('ports waits until a board is connected', async () => {
  const env = { ESP_PORTAL_USB_DEVICES: join(home.folder, 'devices') };
  const device = {
    path: 'virtual:w/ttyACM0',
    vendorId: '303a',
    productId: '4001',
    serialNumber: '7cdfa1001122',
  };
  const run = await home.run(
    ['ports', '--wait', '--json'],
    (line) => {
      if (!line.includes('Waiting for the board')) return;
      mkdirSync(env.ESP_PORTAL_USB_DEVICES);
      writeFileSync(join(env.ESP_PORTAL_USB_DEVICES, 'w.json'), JSON.stringify(device));
    },
    env,
  );
  expect(run.result()).toMatchObject({ ok: true, ports: [{ kind: 'usb-cdc', mac: '7c:df:a1:00:11:22' }] });
});

test('waiting for a port ends with --timeout', async () => {
  const path = join(home.folder, 'ttyNEVER');
  const run = await home.run(['monitor', '--wait', '--port', path, '--timeout', '0.3', '--json']);
  expect(run.result()).toMatchObject({
    ok: false,
    exitCode: 8,
    error: {
      code: 'timeout',
      message: 'Timed out after 0.3 s waiting for the board to be plugged in.',
    },
  });
});
