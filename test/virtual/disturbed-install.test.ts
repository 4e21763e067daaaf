// Installing on a board that does not keep still: a timer prints, a watchdog restarts it.

import { readFileSync, writeFileSync } from 'node:fs';
import { install, openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PIECE_BYTES } from '../../src/micropython/receiver.js';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** A board that runs this program. */
async function boardWith(name: string, main: string, options = '') {
  const address = `virtual:${name}?speed=max&http=0&dns=0${options}`;
  home.makeBoard(name, options.includes('esp32') ? 'micropython-esp32' : 'micropython');
  writeFileSync(home.boardFile(name, 'main.py'), main);
  return openPort(address);
}

test('a timer that prints every 20 ms does not keep the upload from ending', async () => {
  const main = `import machine
t = machine.Timer(-1)
t.init(period=20, mode=1, callback=lambda _: print('tick'))
while True:
    machine.idle()
`;
  await using port = await boardWith('ticking', main);
  expect(await install(port, { main: 'replace' })).toMatchObject({ state: 'portal' });
});

/** The port of a board whose watchdog bites in the middle of the upload: it restarts once, whatever it does. */
function bitten(board: Port, afterPieces: number): Port {
  let pieces = 0;
  return {
    name: board.name,
    hasLines: true,
    roundTripMs: 0,
    usb: undefined,
    get baudRate() {
      return board.baudRate;
    },
    read: (options) => board.read(options),
    async write(bytes) {
      await board.write(bytes);
      if (bytes.length !== PIECE_BYTES || ++pieces !== afterPieces) return;
      await board.setLines({ dtr: false, rts: true });
      await board.setLines({ dtr: false, rts: false });
    },
    setLines: (lines) => board.setLines(lines),
    setBaudRate: (baudRate) => board.setBaudRate(baudRate),
    [Symbol.asyncDispose]: async () => {},
  };
}

test.each(['esp8266', 'esp32'])(
  'an %s that its watchdog restarts in mid-upload gets installed',
  async (chip) => {
    const main = 'import time\nwhile True:\n    time.sleep_ms(100)\n';
    await using port = await boardWith(`watched-${chip}`, main, `&chip=${chip}`);
    expect(await install(bitten(port, 20), { main: 'replace' })).toMatchObject({ state: 'portal' });
    expect(readFileSync(home.boardFile(`watched-${chip}`, 'main.py.old'), 'utf8')).toBe(main);
  },
);
