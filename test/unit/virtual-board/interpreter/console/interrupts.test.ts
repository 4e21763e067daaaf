import { setImmediate } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { PROMPT, RunningBoard, sharedBoard, VERSIONS } from '../running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const LOOPS = {
    sleeps: 'while True:\n  time.sleep(100)',
    'waits in poll': 'while True:\n  p.poll()',
    'polls without waiting': 'while True:\n  p.poll(0)',
    prints: 'while True:\n  print("x" * 20)',
    'watches the clock': 'while True:\n  time.ticks_ms()',
    'watches the radio': 'while True:\n  w.isconnected()',
    'reads stdin': 'while True:\n  sys.stdin.read(1)',
    accepts: 's.accept()',
    receives: 'u.recvfrom(9)',
  };
  const SET_UP =
    'import time, select, sys, socket, network\nw = network.WLAN(0)\np = select.poll()\n' +
    's = socket.socket()\ns.bind(("", 7))\ns.listen(1)\np.register(s, select.POLLIN)\n' +
    'u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nu.bind(("", 7))\n';

  const loopsOn = sharedBoard({ version });
  beforeAll(async () => {
    expect(await loopsOn().exec(SET_UP)).toEqual({ out: '', error: '' });
  });

  test.each(Object.entries(LOOPS))('Ctrl-C stops a program that %s', async (_what, loop) => {
    const board = loopsOn();
    board.send(`print("begins")\n${loop}\x04`);
    await board.until('begins');
    board.send('\x03');
    const seen = (await board.until('\x04>')).slice(0, -2);
    expect(seen).toMatch(
      /Traceback \(most recent call last\):\r\n {2}File "<stdin>", line \d, in <module>\r\nKeyboardInterrupt: \r\n$/,
    );
    expect(await board.exec('print("alive")')).toEqual({ out: 'alive\r\n', error: '' });
  });

  test('Ctrl-C overtakes bytes that the program has not read', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('import time\rwhile 1: print("begins"); time.sleep(100)\r\r');
    await board.until('begins\r\n');
    board.send(`${'#'.repeat(1000)}\x03`);
    await board.until('KeyboardInterrupt: \r\n');
    await board.until('#'.repeat(1000));
  });

  test('Ctrl-C at the prompt gives a new prompt', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('nonsense\x03');
    expect(await board.until('\r\n>>> ')).toBe('nonsense\r\n>>> ');
  });

  test('a program can catch Ctrl-C and clean up', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send(
      'import time\ntry:\n  print("begins")\n  time.sleep(100)\nexcept KeyboardInterrupt:\n  print("clean")\x04',
    );
    await board.until('begins');
    board.send('\x03');
    expect(await board.until('\x04\x04>')).toContain('clean\r\n');
  });

  test('with kbd_intr(-1) every byte reaches the program, and kbd_intr(3) restores Ctrl-C', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send(
      'import micropython, sys, time\nmicropython.kbd_intr(-1)\nprint("ready")\n' +
        'd = sys.stdin.buffer.read(6)\nmicropython.kbd_intr(3)\nprint(d)\ntime.sleep(100)\x04',
    );
    await board.until('ready');
    board.send('\x03\x04\r\nz\x00');
    await board.until("b'\\x03\\x04\\r\\nz\\x00'");
    board.send('\x03');
    await board.until('KeyboardInterrupt: \r\n\x04>');
  });

  test('Ctrl-C during the start of a board without boot.py does not keep main.py from running', async () => {
    const program = 'import micropython\nmicropython.kbd_intr(-1)\nprint("deaf")\nwhile True: pass\n';
    await using board = new RunningBoard({ version, firstFiles: { 'main.py': program } });
    while (!/deaf\r\n|>>> /.test(board.received)) {
      board.send('\x03');
      await setImmediate();
    }
    expect(board.received).toBe('deaf\r\n');
  });

  test('where time does not count, Ctrl-C before the start ends the first program', async () => {
    const program = 'import time\nwhile True: time.sleep(100)\n';
    await using board = new RunningBoard({ version, firstFiles: { 'main.py': program } });
    board.send('\x03print("prompt")\r');
    expect(await board.until('prompt")\r\n')).toContain('KeyboardInterrupt: \r\n');
  });

  test('a program that spins is stopped by stop() alone', async () => {
    const board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('while 1: pass\r\r\r');
    await board.until('...');
    await board[Symbol.asyncDispose]();
  });

  test('input() reads a line from the UART', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    board.send('x = input("name? ")\r');
    await board.until('\nname? ');
    board.send('Adx\x7fa\r');
    await board.until(PROMPT);
    expect(await board.run('x')).toBe("'Ada'\r\n");
  });

  test('Ctrl-C that comes while the program prints is not slept through', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.onTransmit = () => {
      if (board.received.includes('yyy')) board.send('\x03');
    };
    // More than may be under way: the program still prints when Ctrl-C comes.
    board.send('import time\nprint("y" * 5000)\ntime.sleep(100)\x04');
    await board.until('KeyboardInterrupt: \r\n\x04>');
  });
});
