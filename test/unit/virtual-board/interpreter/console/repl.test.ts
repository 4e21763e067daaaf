import { describe, expect, test } from 'vitest';
import { dateOf, PROMPT, RunningBoard, VERSIONS } from '../running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  test('a blank board sets up its filesystem and greets as an ESP8266 does', async () => {
    await using board = new RunningBoard({ version });
    expect(await board.until(PROMPT)).toBe(
      'Performing initial setup\r\n\r\n' +
        `MicroPython v${version} on ${dateOf(version)}; ESP module with ESP8266\r\n` +
        'Type "help()" for more information.\r\n>>> ',
    );
  });

  test("the friendly REPL echoes, evaluates and prints tracebacks of the user's lines only", async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    expect(await board.run('1 + 2')).toBe('3\r\n');
    expect(await board.run('print("\\xe9", end="")')).toBe('\u00c3\u00a9');
    expect(await board.run('open("nothing")')).toBe(
      'Traceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\nOSError: [Errno 2] ENOENT\r\n',
    );
  });

  test('the board presents itself as an ESP8266', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    expect(await board.run('import sys; sys.platform')).toBe("'esp8266'\r\n");
    expect(await board.run('import os; os.uname()')).toBe(
      `uname(sysname='esp8266', nodename='esp8266', release='2.2.0-dev(9422289)', version='v${version} on ${dateOf(version)}', machine='ESP module with ESP8266')\r\n`,
    );
    expect(await board.run('sys.implementation._machine, sys.implementation._mpy & 0xff')).toBe(
      "('ESP module with ESP8266', 6)\r\n",
    );
    expect(await board.run('import machine; machine.unique_id(), machine.reset_cause()')).toBe(
      "(b'\\xc1\\xd0x\\x00', 0)\r\n",
    );
    expect(await board.run('import utime, usocket, uselect, uos, uerrno, ujson, ubinascii, uhashlib')).toBe(
      '',
    );
    expect(await board.run('usocket.SOCK_DGRAM, utime is __import__("time"), uerrno.EAGAIN')).toBe(
      '(2, True, 11)\r\n',
    );
  });

  test('the raw REPL answers with OK, stdout and stderr, and leaves with the banner', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    expect(await board.exec('print("one")\nprint("two")')).toEqual({ out: 'one\r\ntwo\r\n', error: '' });
    expect(await board.exec('print(1)\n1/0')).toEqual({
      out: '1\r\n',
      error:
        'Traceback (most recent call last):\r\n  File "<stdin>", line 2, in <module>\r\nZeroDivisionError: divide by zero\r\n',
    });
    board.send('\x02');
    expect(await board.until(PROMPT)).toBe(
      `\r\nMicroPython v${version} on ${dateOf(version)}; ESP module with ESP8266\r\n` +
        'Type "help()" for more information.\r\n>>> ',
    );
  });

  test('raw-paste grants windows of 128 bytes as pyexec does', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send('\x05A\x01');
    expect(await board.until('R\x01\x80\x00\x01')).toBe('R\x01\x80\x00\x01');
    const code = `print("pasted")#${'x'.repeat(300)}`;
    board.send(code.slice(0, 127));
    board.send(code.slice(127, 128));
    expect(await board.until('\x01')).toBe('\x01');
    board.send(code.slice(128, 256));
    expect(await board.until('\x01')).toBe('\x01');
    board.send(`${code.slice(256)}\x04`);
    expect(await board.until('\x04\x04>')).toBe('\x04pasted\r\n\x04\x04>');
    expect(await board.exec('print("still raw")')).toEqual({ out: 'still raw\r\n', error: '' });
  });

  test('raw-paste reports errors, runs empty code, and is aborted by Ctrl-C', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    board.send('\x05A\x01');
    await board.until('R\x01\x80\x00\x01');
    board.send('1/0\x04');
    expect(await board.until('\x04>')).toContain('ZeroDivisionError: divide by zero\r\n\x04>');
    board.send('\x05A\x01\x04');
    expect(await board.until('\x04>')).toBe('R\x01\x80\x00\x01\x04\x04\x04>');
    board.send('\x05A\x01print(1)\x03');
    expect(await board.until('>')).toBe('R\x01\x80\x00\x01\x04\x04KeyboardInterrupt: \r\n\x04>');
    board.send('\x05B\x01');
    expect(await board.until('>')).toBe('R\x00>');
  });

  test('output of 10 KB arrives whole', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    const { out } = await board.exec('for i in range(1000): print("%09d" % i)');
    expect(out.length).toBe(11_000);
    expect(out.endsWith('000000999\r\n')).toBe(true);
  });

  test('input is kept in order when it comes faster than it is read', async () => {
    await using board = new RunningBoard({ version });
    await board.until(PROMPT);
    await board.enterRaw();
    const { out } = await board.exec(`x = "${'abcdefghij'.repeat(500)}"\nprint(len(x), x[:10], x[-10:])`);
    expect(out).toBe('5000 abcdefghij abcdefghij\r\n');
  });
});
