import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { atRawPrompt, PROMPT, sharedBoard, VERSIONS } from '../running-board.js';

describe.each(VERSIONS)('MicroPython %s', (version) => {
  const rawBoard = (changes: Parameters<typeof atRawPrompt>[0] = {}) => atRawPrompt({ version, ...changes });

  test('a write is stored when the file is flushed or closed, as littlefs does it', async () => {
    await using board = await rawBoard();
    const stored = () => readFileSync(join(board.files, 'a.txt'), 'utf8');
    await board.output('f = open("a.txt", "w")\nprint(f.write("h\\u20acllo"))');
    expect(stored()).toBe('');
    await board.output('f.flush(); print(f.write("!"), open("a.txt").read())');
    expect(stored()).toBe('h€llo');
    await board.output('f.close(); f = open("a.txt", "w"); print(f.write("new"))');
    expect(stored()).toBe('h€llo!');
    await board.powerCycle();
    await board.until(PROMPT);
    expect(stored()).toBe('h€llo!');
  });

  test('what is written to a file after its removal or renaming is not stored', async () => {
    await using board = await rawBoard();
    const out = await board.output(
      [
        'import os',
        'f = open("a", "w"); f.write("1"); os.rename("a", "b"); f.close(); print(os.listdir(), open("b").read())',
        'f = open("b", "a"); f.write("2"); os.remove("b"); f.close(); print(os.listdir())',
      ].join('\n'),
    );
    expect(out).toBe("['b', 'boot.py'] \r\n['boot.py']\r\n");
  });

  test('a file where a path needs a folder is an error of the path, also for an import', async () => {
    await using board = await rawBoard();
    const tried = ['open("lib/x")', 'open("lib/x", "w")', 'os.stat("lib/x")', 'os.mkdir("lib/x")'];
    const code = tried.map((call) => `try: ${call}\nexcept OSError as e: print(e.errno)`).join('\n');
    expect(await board.output(`import os\nopen("lib", "w").close()\n${code}`)).toBe('20\r\n'.repeat(4));
    expect((await board.exec('import not_there')).error).toContain(
      "ImportError: no module named 'not_there'",
    );
  });

  test('files outlive a power cycle', async () => {
    await using board = await rawBoard();
    await board.output('with open("a.bin", "wb") as f: f.write(bytes(range(256)))');
    await board.powerCycle();
    await board.until(PROMPT);
    expect(await board.run('open("a.bin", "rb").read() == bytes(range(256))')).toBe('True\r\n');
  });

  test('text and binary files behave as on a board', async () => {
    await using board = await rawBoard();
    const out = await board.output(
      [
        'with open("t", "w") as f: f.write("1\\u20ac3\\nline\\n\\nlast")',
        'f = open("t")',
        'print(f.read(2) == "1\\u20ac", f.read(1), f.tell(), repr(f.readline()))',
        'print([l for l in f])',
        'f.seek(0); print(len(f.read()), repr(f.read()), repr(f.readline()))',
        'with open("t", "ab") as f: f.write(b"!"); print(f.tell())',
        'f = open("t", "r+b"); f.seek(-2, 2); print(f.read()); f.seek(0); f.write(b"X"); f.seek(0); print(f.read(1))',
        'b = bytearray(4); f.seek(0); print(f.readinto(b), b); f.close()',
        'print(open("t", "rb").readlines()[1:])',
        'import json',
        'with open("j", "w") as f: json.dump({"a": 1}, f)',
        'print(json.load(open("j")))',
        'with open("p", "w") as f: print("to file", file=f)',
        'print(repr(open("p").read()))',
      ].join('\n'),
    );
    expect(out.split('\r\n')).toEqual([
      "True 3 5 '\\n'",
      "['line\\n', '\\n', 'last']",
      "14 '' ''",
      '17',
      "b't!'",
      "b'X'",
      "4 bytearray(b'X\\xe2\\x82\\xac')",
      "[b'line\\n', b'\\n', b'last!']",
      "{'a': 1}",
      "'to file\\n'",
      '',
    ]);
  });

  test('directories, rename over a file, stat and import', async () => {
    await using board = await rawBoard();
    const out = await board.output(
      [
        'import os',
        'def put(name, text):\n  with open(name, "w") as f: f.write(text)',
        'os.mkdir("lib"); put("lib/m.py", "x = 42"); import m; print(m.x)',
        'put("a", "new"); put("b", "old"); os.rename("a", "b"); print(open("b").read())',
        'print(sorted(os.listdir()), list(os.ilistdir("lib")), os.stat("b")[:7], os.stat("lib")[0])',
        'os.chdir("lib"); print(os.getcwd(), os.listdir(), open("../b").read()); os.chdir("/")',
        'os.remove("lib/m.py"); os.rmdir("lib"); print("lib" in os.listdir("/"))',
      ].join('\n'),
    );
    expect(out.split('\r\n')).toEqual([
      '42',
      'new',
      "['b', 'boot.py', 'lib'] [('m.py', 32768, 0, 6)] (32768, 0, 0, 0, 0, 0, 3) 16384",
      "/lib ['m.py'] new",
      'False',
      '',
    ]);
  });

  const errorsOn = sharedBoard({ version });

  test.each([
    ['open("none")', 2],
    ['os.remove("none")', 2],
    ['os.stat("none/x")', 2],
    ['os.mkdir("d")', 17],
    ['open("boot.py", "x")', 17],
    ['open("d")', 21],
    ['os.rmdir("d")', 39],
  ])('%s raises OSError %i', async (code, errno) => {
    const make = 'import os\nif "d" not in os.listdir():\n  os.mkdir("d")\n  open("d/f", "w").close()';
    await errorsOn().output(make);
    expect(await errorsOn().output(`try:\n  ${code}\nexcept OSError as e: print(e.errno)`)).toBe(
      `${errno}\r\n`,
    );
  });

  test('no path leaves the folder', async () => {
    await using board = await rawBoard();
    const outside = mkdtempSync(join(tmpdir(), 'esp-portal-outside-'));
    writeFileSync(join(outside, 'secret'), 'secret');
    writeFileSync(join(board.state, 'above'), 'above');
    symlinkSync(outside, join(board.files, 'link'));
    const out = await board.output(
      'import os\nfor p in ("../above", "/../above", "link/secret", "link/new"):\n' +
        '  try:\n    open(p, "w" if "new" in p else "r")\n    print("open", p)\n' +
        '  except OSError as e: print(e.errno)\nprint("link" in os.listdir())',
    );
    rmSync(outside, { recursive: true });
    expect(out).toBe('2\r\n2\r\n2\r\n2\r\nFalse\r\n');
  });

  test('a full filesystem raises OSError 28 and keeps what was written', async () => {
    // Eight blocks: two for the root directory, one for boot.py, five for the test.
    await using board = await rawBoard({ files: undefined });
    await board.stop();
    const folder = join(board.state, 'small');
    await using small = await rawBoard({ files: { folder, capacityBytes: 8 * 4096 } });
    const out = await small.output(
      'import os\nprint(os.statvfs("/")[:4])\nf = open("big", "wb")\nn = 0\n' +
        'try:\n  while True: n += f.write(b"x" * 1024)\nexcept OSError as e: print(e.errno, n)\n' +
        'f.close(); os.remove("big"); print(os.statvfs("/")[3])',
    );
    expect(out).toBe('(4096, 4096, 8, 5)\r\n28 19456\r\n5\r\n');
  });

  test('replacing a file takes room for both, until it is closed or flushed', async () => {
    await using board = await rawBoard({ files: undefined });
    await board.stop();
    const folder = join(board.state, 'small');
    await using small = await rawBoard({ files: { folder, capacityBytes: 8 * 4096 } });
    const out = await small.output(
      'import os\ndef free(): return os.statvfs("/")[3]\n' +
        'with open("f", "wb") as f: f.write(b"x" * 12000)\nprint(free())\n' +
        'f = open("f", "wb"); print(free())\n' +
        'try: f.write(b"y" * 12000)\nexcept OSError as e: print(e.errno)\n' +
        'f.write(b"y" * 8000); f.flush(); print(free()); f.close()\n' +
        'f = open("f", "r+b"); f.write(b"z"); print(free()); f.close(); print(free(), open("f").read(2))',
    );
    expect(out).toBe('2\r\n2\r\n28\r\n3\r\n1\r\n3 zy\r\n');
  });

  test('without a filesystem opening raises OSError 19 and the prompt comes up', async () => {
    await using board = await rawBoard({ files: undefined });
    const out = await board.output(
      'import os\nfor f in (lambda: open("a", "w"), lambda: os.listdir("/x"), lambda: os.stat("a")):\n' +
        '  try: f()\n  except OSError as e: print(e.errno)\nprint(os.listdir("/"))',
    );
    expect(out).toBe('19\r\n19\r\n19\r\n[]\r\n');
  });
});
