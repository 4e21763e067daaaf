import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hexToText } from '../../../../src/virtual-board/radio/byte-text.js';
import { atRawPrompt, PROMPT, RunningBoard, sharedBoard, VERSIONS } from './running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const JOIN =
    'import network, time\nw = network.WLAN(network.STA_IF)\n' +
    'def join(*a):\n  w.active(True); w.connect(*a)\n  while w.status() == network.STAT_CONNECTING: time.sleep_ms(1)\n' +
    '  return w.status(), w.isconnected(), w.ifconfig()[0]\n';

  async function rawBoard(joinMs = 20): Promise<RunningBoard> {
    const board = await atRawPrompt({ version, joinMs });
    await board.exec(JOIN);
    return board;
  }

  const joinsOn = sharedBoard({ version });

  test.each([
    ['"Home WiFi", "correct horse"', "(5, True, '192.168.1.213')"],
    ['"Home WiFi", "wrong horse"', "(2, False, '0.0.0.0')"],
    ['"Elsewhere", "correct horse"', "(3, False, '0.0.0.0')"],
    ['b"Smith, Jones & Co", b"comma,comma"', "(5, True, '192.168.1.213')"],
    ['"Free Library WiFi", ""', "(5, True, '192.168.1.213')"],
  ])('joining with %s ends in %s', async (credentials, expected) => {
    const board = joinsOn();
    await board.exec(`${JOIN}w.disconnect()`);
    expect(await board.output(`print(join(${credentials}))`)).toBe(`${expected}\r\n`);
  });

  test('a join takes its time and can be given up', async () => {
    await using board = await rawBoard(60_000);
    expect(
      await board.output(
        'w.active(True); w.connect("Home WiFi", "correct horse"); print(w.status(), w.isconnected())',
      ),
    ).toBe('1 False\r\n');
    expect(await board.output('w.disconnect(); time.sleep(0.05); print(w.status())')).toBe('0\r\n');
  });

  test('a scan yields tuples of six and needs an active station', async () => {
    await using board = await rawBoard();
    expect(await board.output('try: w.scan()\nexcept OSError as e: print(e)')).toBe('STA must be active\r\n');
    expect(await board.output('w.active(True)\nfor n in w.scan(): print(n[0], n[2:])')).toBe(
      "b'Home WiFi' (6, -48, 3, 0)\r\nb'Smith, Jones & Co' (1, -61, 3, 0)\r\n" +
        "b'Corner Caf\\xc3\\xa9 \\xe2\\x98\\x95' (11, -67, 3, 0)\r\nb'Free Library WiFi' (3, -72, 0, 0)\r\n",
    );
  });

  test('the SDK reconnects after a power cycle, until its credentials are deleted', async () => {
    await using board = await rawBoard();
    await board.output('join("Home WiFi", "correct horse")');
    await board.powerCycle();
    await board.until(PROMPT);
    await board.enterRaw();
    await board.output(JOIN);
    expect(await board.output('while not w.isconnected(): time.sleep_ms(1)\nprint(w.config("essid"))')).toBe(
      'Home WiFi\r\n',
    );
    await board.output('w.disconnect(); w.connect("", "")');
    expect(JSON.parse(readFileSync(join(board.state, 'sdk.json'), 'utf8')).credentials).toEqual({
      ssid: '',
      password: '',
    });
    await board.powerCycle();
    await board.until(PROMPT);
    expect(await board.run('import network; network.WLAN(0).active(), network.WLAN(0).status()')).toBe(
      '(True, 0)\r\n',
    );
  });

  test('a connection lives through a soft reset', async () => {
    await using board = await rawBoard();
    await board.output('join("Home WiFi", "correct horse")');
    board.send('\x04');
    await board.until('raw REPL; CTRL-B to exit\r\n>');
    expect(await board.output('import network; print(network.WLAN(0).isconnected())')).toBe('True\r\n');
  });

  test('the first start opens MicroPython-xxxxxx; settings of the access point persist', async () => {
    await using board = await rawBoard();
    await board.output('a = network.WLAN(network.AP_IF)');
    expect(
      await board.output('print(a.active(), a.config("essid"), a.config("authmode"), a.ifconfig()[0])'),
    ).toBe('True MicroPython-78d0c1 4 192.168.4.1\r\n');
    expect(await board.output('print(w.config("mac"), a.config("mac"))')).toBe(
      "b',\\xf42x\\xd0\\xc1' b'.\\xf42x\\xd0\\xc1'\r\n",
    );
    await board.output('a.config(essid=b"ESP8266-78d0c1", authmode=network.AUTH_OPEN, channel=11)');
    await board.output('a.ifconfig(("4.3.2.1", 24, "4.3.2.1", "4.3.2.1"))');
    expect(await board.output('print(a.ifconfig())')).toBe(
      "('4.3.2.1', '255.255.255.0', '4.3.2.1', '4.3.2.1')\r\n",
    );
    await board.powerCycle();
    await board.until(PROMPT);
    expect(
      await board.run('import network; a = network.WLAN(1); a.config("essid"), a.config("channel")'),
    ).toBe("('ESP8266-78d0c1', 11)\r\n");
  });

  test('settings that do not exist or belong to the other interface are refused', async () => {
    await using board = await rawBoard();
    const refused = (code: string) =>
      board.output(`try: ${code}\nexcept (ValueError, OSError) as e: print(e)`);
    expect(await refused('w.config("nonsense")')).toBe('unknown config param\r\n');
    expect(await refused('w.config(essid="x")')).toBe('AP required\r\n');
    expect(await refused('network.WLAN(1).connect("x", "y")')).toBe('STA required\r\n');
  });

  test('an enterprise network has its own security value in a scan and cannot be joined', async () => {
    const office = { ssid: 'Office', password: '', channel: 1, rssi: -40, hidden: false, enterprise: true };
    await using board = new RunningBoard({ version, air: [{ ...office, fails: undefined, addressMs: 0 }] });
    await board.until(PROMPT);
    await board.enterRaw();
    await board.exec(JOIN);
    expect(await board.output('w.active(True); print(w.scan()[0][4])')).toBe('5\r\n');
    expect(await board.output('print(join("Office", ""))')).toBe("(3, False, '0.0.0.0')\r\n");
  });

  test('an SSID need not be text: it is scanned, joined and remembered as bytes', async () => {
    const network = { ssid: hexToText('c3ff20'), password: '', channel: 1, rssi: -40 };
    await using board = new RunningBoard({
      version,
      air: [{ ...network, hidden: false, enterprise: false, fails: undefined, addressMs: 0 }],
    });
    await board.until(PROMPT);
    await board.enterRaw();
    await board.exec(JOIN);
    await board.output('w.active(True)');
    expect(await board.output('print(w.scan()[0][0])')).toBe("b'\\xc3\\xff '\r\n");
    expect(await board.output('print(join(b"\\xc3\\xff ", "")[0])')).toBe('5\r\n');
    await board.powerCycle();
    await board.until(PROMPT);
    await board.run('import network, time; w = network.WLAN(0)');
    board.send('while not w.isconnected(): time.sleep_ms(1)\r\r');
    await board.until('... \r\n>>> ');
  });
});
