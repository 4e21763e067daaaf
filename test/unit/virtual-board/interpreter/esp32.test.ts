import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atRawPrompt, dateOf, PROMPT, RunningBoard, VERSIONS } from './running-board.js';

const JOIN =
  'import network, time\nw = network.WLAN(network.STA_IF)\nw.active(True)\n' +
  'def wait(*codes):\n  while w.status() not in codes: time.sleep_ms(1)\n  return w.status()\n';

/** A join that a test does not outlast. */
const NEVER_MS = 60_000;

describe.each(VERSIONS)('MicroPython %s on an ESP32', (version) => {
  const rawBoard = (changes: Parameters<typeof atRawPrompt>[0] = {}) =>
    atRawPrompt({ version, chip: 'esp32', ...changes });

  test('presents itself as one', async () => {
    await using board = new RunningBoard({ version, chip: 'esp32' });
    const date = dateOf(version);
    expect(await board.until(PROMPT)).toBe(
      `Performing initial setup\r\nMicroPython v${version} on ${date}; Generic ESP32 module with ESP32\r\n` +
        'Type "help()" for more information.\r\n>>> ',
    );
    expect(await board.run('import os, sys; sys.platform, sys.implementation._mpy')).toBe(
      "('esp32', 11014)\r\n",
    );
    expect(await board.run('os.uname()')).toBe(
      `uname(sysname='esp32', nodename='esp32', release='${version}', version='v${version} on ${date}', ` +
        "machine='Generic ESP32 module with ESP32')\r\n",
    );
    expect(await board.run('import esp32; esp32.NVS("a").get_i32("b")')).toContain('OSError: (-4354');
  });

  test('starts without a radio, and its access point is named ESP_xxxxxx', async () => {
    await using board = await rawBoard();
    await board.output('import network\nw, a = network.WLAN(0), network.WLAN(1)');
    expect(await board.output('print(w.active(), a.active(), a.status(), w.status())')).toBe(
      'False False None 1000\r\n',
    );
    expect(await board.output('print(a.active(True), a.config("essid"), a.config("mac"))')).toBe(
      "True ESP_78D0C2 b',\\xf42x\\xd0\\xc2'\r\n",
    );
    expect(await board.output('try: w.connect("a", "b")\nexcept OSError as e: print(e)')).toBe(
      'Wifi Not Started\r\n',
    );
  });

  test('its status is 1001 on the way, and 1010, 202 or 201 at the end', async () => {
    await using board = await rawBoard();
    await board.output(JOIN);
    board.joinMs = NEVER_MS;
    expect(await board.output('w.connect("Home WiFi", "correct horse"); print(w.status())')).toBe('1001\r\n');
    board.joinMs = 20;
    expect(
      await board.output('w.disconnect(); w.connect("Home WiFi", "correct horse"); print(wait(1010))'),
    ).toBe('1010\r\n');
    expect(await board.output('w.disconnect(); print(w.status(), w.isconnected())')).toBe('1000 False\r\n');
    expect(await board.output('w.connect("Home WiFi", "wrong horse"); print(wait(202))')).toBe('202\r\n');
    expect(await board.output('w.disconnect(); w.connect("Nowhere", "wrong horse"); print(wait(201))')).toBe(
      '201\r\n',
    );
  });

  test('it shows the last failure, even after disconnect(), until it has joined', async () => {
    await using board = await rawBoard();
    await board.output(`${JOIN}w.connect("Home WiFi", "wrong horse")\nwait(202)`);
    // It still tries with the wrong password, and says no meanwhile.
    expect(
      await board.output('try: w.connect("Home WiFi", "correct horse")\nexcept OSError as e: print(e)'),
    ).toBe('Wifi Internal Error\r\n');
    board.joinMs = NEVER_MS;
    const again = 'w.disconnect(); w.connect("Home WiFi", "correct horse"); ';
    expect(await board.output(`${again}print(w.status())`)).toBe('202\r\n');
    board.joinMs = 20;
    expect(await board.output(`${again}print(w.status() in (202, 1010), wait(1010))`)).toBe('True 1010\r\n');
  });

  test('with finite reconnects it gives up, and connect() may be called again', async () => {
    await using board = await rawBoard();
    await board.output(`${JOIN}w.config(reconnects=0)\nw.connect("Home WiFi", "wrong horse")\nwait(202)`);
    board.joinMs = NEVER_MS;
    expect(await board.output('w.connect("Home WiFi", "correct horse"); print(w.status())')).toBe('202\r\n');
    board.joinMs = 20;
    expect(
      await board.output('w.disconnect(); w.connect("Home WiFi", "correct horse"); print(wait(1010))'),
    ).toBe('1010\r\n');
  });

  test('it forgets credentials and access point when it is reset, and writes no SDK memory', async () => {
    await using board = await rawBoard();
    await board.output(`${JOIN}w.connect("Home WiFi", "correct horse")\nwait(1010)`);
    await board.output('network.WLAN(1).active(True)\nnetwork.WLAN(1).config(essid="mine")');
    expect(existsSync(join(board.state, 'sdk.json'))).toBe(false);
    await board.powerCycle();
    await board.until(PROMPT);
    await board.run('import network; w, a = network.WLAN(0), network.WLAN(1)');
    expect(await board.run('w.active(), a.active(), w.config("essid"), a.config("essid")')).toBe(
      "(False, False, '', 'ESP_78D0C2')\r\n",
    );
    await board.run('w.active(True)');
    expect(await board.run('w.status()')).toBe('1000\r\n');
  });

  test.each([1, 2, 3])("its reset cause is the chip's, %i, and 5 after a soft reset", async (resetCause) => {
    await using board = new RunningBoard({ version, chip: 'esp32', resetCause });
    await board.until(PROMPT);
    expect(await board.run('import machine; machine.reset_cause()')).toBe(`${resetCause}\r\n`);
    board.send('\x04');
    await board.until(PROMPT);
    expect(await board.run('import machine; machine.reset_cause() == machine.SOFT_RESET')).toBe('True\r\n');
  });
});
