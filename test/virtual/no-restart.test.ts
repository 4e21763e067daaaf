// install with `restart: false`: the board waits at its friendly prompt, and its portal has not been started.

import { install, openPort } from 'esp-portal';
import { afterAll, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

test.each([
  ['esp8266', 'virtual:stays?speed=max&http=0&dns=0'],
  ['esp32c3 over USB', 'virtual:stays-usb?chip=esp32c3&usb=serial-jtag&speed=max&http=0&dns=0'],
])('an %s is at its prompt after an upload, and where nothing has changed', async (name, address) => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
  if (name === 'esp8266') home.makeBoard('stays', 'micropython');
  else expect((await home.run(['flash', '--port', address])).exitCode).toBe(0);
  await using board = await openPort(address);
  for (const isFirst of [true, false]) {
    const { state, filesSent } = await install(board, { restart: false });
    expect({ state, isFirst: filesSent > 0 }).toEqual({ state: 'at-prompt', isFirst });
    // Interrupts nothing: without a prompt there is none.
    await using repl = await RawRepl.enterFromPrompt(board);
    expect(await repl?.exec("import sys\nprint('captive_portal' in sys.modules)")).toBe('False\r\n');
  }
});
