// The portal's hand-over to the user's program, on boards of every version that there is an interpreter for.

import { writeFileSync } from 'node:fs';
import { BoardLog, flash, install, openPort } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import type { BoardContent } from '../support/made-boards.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Boards that other tests begin with, too. */
const MADE: Readonly<Record<string, BoardContent>> = {
  '': 'micropython',
  '&chip=esp32': 'micropython-esp32',
};

async function installedBoard(name: string, app: string | undefined, options: string) {
  const address = `virtual:${name}?speed=max&http=0&dns=0${options}`;
  const made = MADE[options];
  if (made) home.makeBoard(name, made);
  const port = await openPort(address);
  if (!made) await flash(port, { firmware: ownFirmware(`virtual:?${options}`) });
  writeFileSync(home.boardFile(name, 'wifi.creds'), 'Home WiFi,correct horse');
  const log = new BoardLog(port);
  const result = await install(port, {
    log,
    ...(app === undefined ? {} : { app: [{ path: 'app.py', bytes: Buffer.from(app) }] }),
  });
  return { port, log, result };
}

/** Lines after the board came up, up to the prompt that follows the end of main.py. */
async function linesOf(log: BoardLog, last: RegExp): Promise<string> {
  let text = '';
  while (!last.test(text)) {
    const entry = await log.next({ timeoutMs: 30_000 });
    if (!entry) throw new Error(`nothing more after ${text}`);
    text += `${entry.raw}\n`;
  }
  return text;
}

describe.each(['&micropython=1.23', '', '&micropython=1.29', '&chip=esp32'])(
  'with the options "%s"',
  (options) => {
    test('app.py runs once the board is on its network', async () => {
      const name = `runs-${options.replace(/\W/g, '')}`;
      const { port, log, result } = await installedBoard(name, 'print("app runs")\n', options);
      await using _port = port;
      expect(result).toMatchObject({ state: 'connected', form: 'mpy6', ssid: 'Home WiFi' });
      expect(await linesOf(log, /app runs/)).not.toContain('Error');
    });
  },
);

test("a failed import in the user's program is reported", async () => {
  const { port, log } = await installedBoard('failing', 'import not_there\n', '');
  await using _port = port;
  expect(await linesOf(log, /ImportError/)).toContain('File "app.py"');
});

test('no program is no error', async () => {
  const { port, log } = await installedBoard('without', undefined, '');
  await using _port = port;
  expect(await linesOf(log, /MicroPython v/)).not.toContain('Error');
});

test('Ctrl-C in the portal leads to the prompt, not to the program, also with timeout_s', async () => {
  home.makeBoard('stopped', 'micropython');
  await using port = await openPort('virtual:stopped?speed=max&http=0&dns=0');
  const log = new BoardLog(port);
  const app = [{ path: 'app.py', bytes: Buffer.from('print("app runs")\n') }];
  const result = await install(port, { log, app, config: { timeout_s: 600 } });
  expect(result.state).toBe('portal');
  await port.write(Buffer.of(3));
  const lines = await linesOf(log, /MicroPython v/);
  expect(lines).toMatch(
    /Captive portal stopped\nCleaning up\n[\s\S]*Turned off access point[\s\S]*KeyboardInterrupt/,
  );
  expect(lines).not.toContain('app runs');
});
