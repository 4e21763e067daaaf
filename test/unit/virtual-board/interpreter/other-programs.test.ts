// What mpremote, rshell, ampy and Thonny ask of a board beyond running code: streams with lengths, names that may be
// missing, one clock, a filesystem with a name.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atRawPrompt, PROMPT, sharedBoard, VERSIONS } from './running-board.js';

/** MicroPython's ports/esp8266/boards/ESP8266_GENERIC/manifest_2MiB.py, ports/esp32/boards/manifest.py. */
const FROZEN = {
  all: [
    ...['requests', 'urequests', 'ntptime', 'mip', 'ssl', 'webrepl', 'umqtt.simple', 'umqtt.robust', 'upysh'],
    ...['dht', 'ds18x20', 'neopixel', 'onewire', 'espnow', '_boot', 'flashbdev', 'inisetup'],
  ],
  esp8266: ['apa102', 'port_diag'],
  esp32: ['aioespnow', 'apa106'],
};
const EPOCH_2000_S = 946_684_800;

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const shared = sharedBoard({ version });

  test('streams read and write parts of a buffer', async () => {
    const board = shared();
    const files = `f = open('a.bin', 'w+b')
print(f.write(b'abcdef', 4), f.write(b'abcdef', 1, 2), f.write(b'abcdef', 4, 9), f.write(b'ab', 5, 1))
f.seek(0)
b = bytearray(9)
print(f.readinto(b, 3), f.readinto(memoryview(b)[4:]), b)
f.close()
t = open('a.txt', 'w')
print(t.write('n\\xe4h'), t.write('n\\xe4h', 1), t.write(b'xyz', 1, 1))
t.close()
print(len(open('a.txt').readlines()), open('a.txt').read())`;
    expect(await board.exec(files)).toEqual({
      out: "4 2 2 0\r\n3 5 bytearray(b'abc\\x00dbcef')\r\n4 1 1\r\n1 n\u00c3\u00a4hny\r\n",
      error: '',
    });
    const uart = `import sys
b = bytearray(4)
print(sys.stdout.buffer.write(b'a\\nb', 2), sys.stdout.write('xyz', 1, 1), sys.stdout.write('\\n'))
print(sys.stdin.buffer.readinto(b, 2), sys.stdin.readinto(b, 1), b)`;
    board.send(`${uart}\x04ok\r`);
    expect(await board.until('\x04\x04>')).toBe(
      "OKa\ny\r\n2 1 1\r\n2 1 bytearray(b'\\nk\\x00\\x00')\r\n\x04\x04>",
    );
  });

  test.each([
    ['stdin', 'sys.stdin.write("a")'],
    ['stdout', 'sys.stdout.read(1)'],
    ['stderr', 'sys.stderr.readinto(bytearray(1))'],
  ])('%s has one direction', async (_name, code) => {
    const board = shared();
    expect((await board.exec(`import sys\n${code}`)).error).toContain('OSError: [Errno 1] EPERM');
  });

  test('a class may import a module into its body', async () => {
    const board = shared();
    const modules = ['sys', 'micropython', 'machine', 'network', 'os', 'time', 'socket', 'select', 'esp'];
    for (const module of modules) {
      const { out, error } = await board.exec(
        `class A:\n  import ${module}\nprint(hasattr(A.${module}, '__set_name__'))`,
      );
      expect([module, out, error]).toEqual([module, 'False\r\n', '']);
    }
  });

  test('the clock is set through machine.RTC, and files are stamped with it', async () => {
    await using board = await atRawPrompt({ version });
    const set =
      'import machine, time, os\nmachine.RTC().datetime((2031, 5, 6, 1, 7, 8, 9, 0))\nprint(time.gmtime()[:6])';
    expect((await board.exec(set)).out).toBe('(2031, 5, 6, 7, 8, 9)\r\n');
    const write = `before = time.time()
with open('stamped', 'w') as f: f.write('x')
stamp = os.stat('stamped')[8]
print(0 <= stamp - before < 5, os.stat('/')[8], time.time_ns() // 10**9 - time.time() in (0, 1))`;
    expect((await board.exec(write)).out).toBe('True 0 True\r\n');
    const onHostS = statSync(join(board.files, 'stamped')).mtimeMs / 1000;
    expect(new Date(onHostS * 1000).toISOString()).toMatch(/^2031-05-06T07:08:/);
    expect(onHostS).toBeGreaterThan(EPOCH_2000_S);
  });

  test.each(['esp8266', 'esp32'] as const)(
    'the RTC of an %s keeps time and memory over a soft reset',
    async (chip) => {
      await using board = await atRawPrompt({ version, chip });
      const set =
        "import machine\nr = machine.RTC()\nr.memory(b'kept')\nr.datetime((2031, 5, 6, 1, 7, 8, 9, 0))\nprint(r.datetime()[:7])";
      expect((await board.exec(set)).out).toBe('(2031, 5, 6, 1, 7, 8, 9)\r\n');
      board.send('\x04');
      await board.until('exit\r\n>');
      const look = 'import machine\nr = machine.RTC()\nprint(r.memory(), r.datetime()[:5])';
      expect((await board.exec(look)).out).toBe("b'kept' (2031, 5, 6, 1, 7)\r\n");
      await board.powerCycle();
      await board.until(PROMPT);
      expect(await board.run('import machine; machine.RTC().memory(), machine.RTC().datetime()[0]')).toBe(
        "(b'', 2000)\r\n",
      );
    },
  );

  test('a file that is still open has a time of the same clock', async () => {
    const board = shared();
    const code = `import os, time
f = open('open', 'w')
print(os.stat('open')[8] - time.time() in (-1, 0))
f.write('x')
print(os.stat('open')[8] - time.time() in (-1, 0))`;
    expect((await board.exec(code)).out).toBe('True\r\nTrue\r\n');
  });

  test('what is mounted has a name', async () => {
    const board = shared();
    const { out } = await board.exec(
      "import vfs\ntry: print(vfs.mount())\nexcept TypeError: print('before 1.25')",
    );
    expect(out).toBe(version.startsWith('1.23') ? 'before 1.25\r\n' : "[(<VfsLfs2>, '/')]\r\n");
  });

  test.each(['esp8266', 'esp32'] as const)(
    'an import of a module that the firmware of an %s has says why it is missing',
    async (chip) => {
      await using board = await atRawPrompt({ version, chip });
      for (const module of [...FROZEN.all, ...FROZEN[chip]]) {
        const [name] = module.split('.');
        const { error } = await board.exec(`import ${module}`);
        expect(error).toMatch(
          new RegExp(
            `^Traceback.*\\r\\n  File "<stdin>", line 1, in <module>\\r\\nImportError: no module named '${name}': firmware has it, .+\\r\\n$`,
          ),
        );
      }
    },
  );

  test('a package imports its own modules relative to itself', async () => {
    const board = shared();
    const code = `import os
os.mkdir('/pkg')
for name, text in (('__init__', 'from .part import value'), ('part', 'value = 42')):
  with open('/pkg/' + name + '.py', 'w') as f: f.write(text)
import pkg
print(pkg.value)`;
    expect(await board.exec(code)).toEqual({ out: '42\r\n', error: '' });
  });

  test('a module of the user takes the place of one that is missing, and fails with its own error', async () => {
    await using board = await atRawPrompt({ version, chip: 'esp32' });
    await board.exec(
      "def put(n, t):\n  with open(n, 'w') as f: f.write(t)\n\nput('mip.py', 'there = 1')\nput('requests.py', 'import no_such')",
    );
    expect((await board.exec('import mip\nprint(mip.there)')).out).toBe('1\r\n');
    expect((await board.exec('import requests')).error).toMatch(
      /ImportError: no module named 'no_such'\r\n$/,
    );
    expect(existsSync(join(board.files, 'mip.py'))).toBe(true);
  });
});
