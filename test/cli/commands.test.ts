// The commands from flash to reset-creds, one after the other on the same virtual board, flash and those with Ctrl-C as
// processes of the real program; and what goes wrong.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { esp32Image, esp8266Image } from '../support/images.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

/** Every process gets host ports of its own. */
const file = (name: string, bytes: Uint8Array) => {
  const path = join(home.folder, name);
  writeFileSync(path, bytes);
  return path;
};

describe('one board, one command after the other', () => {
  const port = board('a');

  test('flash puts the firmware on it', async () => {
    const run = await home.run(['flash', '--port', port, '--json']);
    expect(run.result()).toMatchObject({
      event: 'result',
      command: 'flash',
      ok: true,
      exitCode: 0,
      version: '1.27.0',
    });
    expect(run.exitCode).toBe(0);
    expect(run.json().map(({ event }) => event)).toEqual(
      expect.arrayContaining(['step', 'bytes', 'chip', 'image']),
    );
  });

  test('install puts the portal on it', async () => {
    const run = await home.call(['install', '--port', port, '--json']);
    expect(run.result()).toMatchObject({ command: 'install', ok: true, state: 'portal' });
    expect(existsSync(home.boardFile('a', 'captive_portal.mpy'))).toBe(true);
    expect(existsSync(home.boardFile('a', 'portal.new'))).toBe(false);
  });

  test('flash finds it there, writes nothing, and the portal that was there runs', async () => {
    const run = await home.call(['flash', '--port', port, '--json']);
    expect(run.result()).toMatchObject({ ok: true, skipped: true, version: '1.27.0' });
    expect(run.json()).toContainEqual({ event: 'contents', contents: 'same' });
    expect(existsSync(home.boardFile('a', 'captive_portal.mpy'))).toBe(true);
  });

  test('monitor shows its start without resetting it, and ends at the given event', async () => {
    const run = await home.call([
      'monitor',
      '--port',
      port,
      '--until',
      'portal.ready',
      '--timeout',
      '20',
      '--json',
    ]);
    expect(run.result()).toMatchObject({ command: 'monitor', ok: true, until: 'portal.ready' });
    const events = run.json().map(({ event }) => event);
    expect(events.filter((event) => event === 'portal.starting')).toHaveLength(1);
  });

  test('reset-creds reports that nothing was stored, and succeeds', async () => {
    const run = await home.call(['reset-creds', '--port', port, '--json']);
    expect(run.result()).toMatchObject({
      command: 'reset-creds',
      ok: true,
      forgotten: [],
      portal: { state: 'portal' },
    });
  });

  test('another main.py is replaced with --main replace, and kept', async () => {
    writeFileSync(home.boardFile('a', 'main.py'), 'print("mine")\n');
    const run = await home.call(['install', '--main', 'replace', '--port', port]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('The existing main.py was renamed to main.py.old.');
    expect(run.stdout).toMatch(/^\S/); // nothing of the commit is taken for the log
    expect(existsSync(home.boardFile('a', 'main.py.old'))).toBe(true);
  });

  test("the board's traceback is shown, with the exit status of an error on the board", async () => {
    writeFileSync(home.boardFile('a', 'boot.py'), 'import nothing_of_that_name\n');
    const run = await home.call(['install', '--port', port]);
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain('ImportError');
    expect(run.stderr).toContain('File "boot.py", line 1');
    rmSync(home.boardFile('a', 'boot.py'));
  });

  test('install ends with status 8 when the time that it was given runs out', async () => {
    writeFileSync(home.boardFile('a', 'boot.py'), 'import time\nwhile True: time.sleep_ms(100)\n');
    const run = await home.call(['install', '--port', port, '--timeout', '0.5']);
    expect(run.exitCode).toBe(8);
    rmSync(home.boardFile('a', 'boot.py'));
  });

  test('monitor ends with status 8 when its time runs out', async () => {
    const run = await home.call(['monitor', '--port', port, '--until', 'dns.query', '--timeout', '1']);
    expect(run.exitCode).toBe(8);
    const brief = await home.call(['monitor', '--port', port, '--timeout', '0.1']);
    expect(brief).toMatchObject({ exitCode: 8, stderr: expect.stringContaining('name it: --until') });
  });

  test('Ctrl-C during an upload ends with status 130, and the portal that was there runs on', async () => {
    const args = ['install', '--essid', 'Never', '--port', port, '--json'];
    const run = await home.run(args, (line, interrupt) => {
      if (line.includes('"bytes"')) interrupt();
    });
    expect(run.exitCode).toBe(130);
    expect(run.result()).toMatchObject({ ok: false, error: { code: 'interrupted' } });
    const after = await home.call(['monitor', '--port', port, '--until', 'portal.ready', '--timeout', '20']);
    expect(after.exitCode).toBe(0);
  });

  test('Ctrl-C ends monitor, and a port that is open elsewhere is busy meanwhile', async () => {
    let second: Promise<{ exitCode: number | null; stderr: string }> | undefined;
    const first = await home.run(['monitor', '--port', port], (line, interrupt) => {
      if (!line.startsWith('Captive portal ready') || second) return;
      second = home.call(['install', '--port', port]);
      void second.then(interrupt);
    });
    expect(first.exitCode).toBe(0);
    expect(await second).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('in use by another program'),
    });
  });
});

test("a flash that holds another maker's program is erased before MicroPython is written", async () => {
  const folder = join(home.folder, 'virtual', 'used');
  mkdirSync(join(folder, 'files'), { recursive: true });
  writeFileSync(join(folder, 'flash.bin'), Buffer.alloc(0x200000, Buffer.from([0xe9, 1, 2, 3, 4, 5, 6, 7])));
  writeFileSync(join(folder, 'files', 'remains'), '');
  const run = await home.call(['flash', '--port', board('used'), '--json']);
  expect(run.result()).toMatchObject({ ok: true, version: '1.27.0' });
  expect(run.json()).toContainEqual({ event: 'contents', contents: 'other' });
  const flash = readFileSync(join(folder, 'flash.bin'));
  expect(flash.subarray(0x90000, 0x100000).every((byte) => byte === 0xff)).toBe(true);
  expect(existsSync(join(folder, 'files', 'remains'))).toBe(false);
});

test('a flash that was cut short does not cost the files at the next run', async () => {
  home.makeBoard('short', 'micropython');
  writeFileSync(home.boardFile('short', 'mine.txt'), 'x');
  const other = 'virtual:short?http=0&dns=0&micropython=1.23'; // the same again would not be written
  const cut = await home.run(['flash', '--port', other, '--json'], (line, interrupt) => {
    if (line.startsWith('{"event":"bytes","step":"write"')) interrupt();
  });
  expect(cut.exitCode).toBe(130);
  expect((await home.call(['flash', '--port', board('short', '&micropython=1.23')])).exitCode).toBe(0);
  expect(existsSync(home.boardFile('short', 'mine.txt'))).toBe(true);
});

test('setup takes a blank board to its portal in one go', async () => {
  const run = await home.call(['setup', '--port', board('b'), '--until', 'portal.ready', '--json']);
  expect(run.result()).toMatchObject({ command: 'setup', ok: true, install: { state: 'portal' } });
  expect(run.json().filter(({ event }) => event === 'notice')).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) }),
    ]),
  );
});

describe('bad input', () => {
  const flashed = board('c');

  test.each([
    ['no such port', ['install', '--port', '/dev/no-such-port'], 3, 'There is no port'],
    ['no such command', ['instal'], 2, 'instal'],
    ['no such event', ['monitor', '--port', board('x'), '--until', 'x'], 2, 'there is no event "x"'],
    ['an empty value', ['flash', '--port', ''], 2, '--port is empty'],
    ['seconds that are none', ['install', '--portal-timeout', 'abc'], 2, '--portal-timeout "abc"'],
    [
      'no such option of a virtual board',
      ['flash', '--port', 'virtual:x?colour=red'],
      2,
      'no option "colour"',
    ],
    ['an option without its value', ['flash', '--port'], 2, 'port'],
    [
      'a baud rate that is none',
      ['flash', '--port', board('x'), '--baud', 'fast'],
      2,
      'Invalid baud rate "fast"',
    ],
    ['a time that is none', ['monitor', '--port', board('x'), '--timeout', '-1'], 2, '--timeout -1'],
    [
      'no such file',
      ['flash', '--port', board('x'), '--firmware', 'no-such.bin'],
      5,
      'no-such.bin does not exist',
    ],
  ])('%s', async (_what, args, exitCode, message) => {
    const run = await home.call(args);
    expect(run).toMatchObject({ exitCode, stderr: expect.stringContaining(message) });
    expect(run.stderr).toMatch(/^Next: \S+/m);
    expect(run.stderr).not.toContain('    at ');
  });

  test('a misspelt variable of esp-portal is reported with a suggestion', async () => {
    const env = { ESP_PORTAL_ESID: 'Lamp', ESP_PORTAL_OWN_THING: '1' };
    const run = await home.call(['config', '--set'], env);
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('$ESP_PORTAL_ESSID?') });
    expect(run.stderr).not.toContain('OWN_THING');
  });

  test.each([
    ['a file that is no image', () => Buffer.from('<html>'), 'firmware-invalid'],
    ['an image cut short', () => esp8266Image().subarray(0, -100), 'firmware-damaged'],
    ['an image for another chip', () => esp32Image(), 'firmware-wrong-chip'],
    ['an image larger than the flash', () => esp8266Image(600_000), 'firmware-too-large'],
  ])('%s leaves the firmware on the board as it is', async (_what, image, code) => {
    const port = board('d', '&flash=512K');
    const flash = join(home.folder, 'virtual', 'd', 'flash.bin');
    if (!existsSync(flash)) home.makeBoard('d', 'micropython');
    const before = readFileSync(flash);
    const run = await home.call([
      'flash',
      '--port',
      port,
      '--firmware',
      file(`${code}.bin`, image()),
      '--json',
    ]);
    expect(readFileSync(flash).equals(before)).toBe(true);
    expect(before.length).toBeGreaterThan(50_000);
    expect(run.exitCode).toBe(5);
    expect(run.result()).toMatchObject({ ok: false, exitCode: 5, error: { code } });
  });

  test('a board with a blank flash has no prompt, and the next command is to flash it', async () => {
    const run = await home.call(['install', '--port', board('blank')]);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(`Next: esp-portal flash --port '${board('blank')}'`);
  });

  test('a cable unplugged while flashing and while installing is reported, and the next run finishes', async () => {
    expect((await home.call(['flash', '--port', `${flashed}&unplug=20000`])).exitCode).toBe(3);
    expect((await home.call(['flash', '--port', flashed])).exitCode).toBe(0);
    const cut = await home.call(['install', '--port', `${flashed}&unplug=9000`]);
    expect(cut.exitCode).toBe(3);
    expect(cut.stderr).toContain('was disconnected');
    expect(existsSync(home.boardFile('c', 'main.py'))).toBe(false);
    expect((await home.call(['install', '--port', flashed])).exitCode).toBe(0);
  });

  test('a full filesystem is reported, and no partial installation stays', async () => {
    const full = board('full', '&files=16K');
    home.makeBoard('full', 'micropython');
    const run = await home.call(['install', '--port', full, '--json']);
    expect(run.result()).toMatchObject({ exitCode: 7, error: { code: 'board-no-space' } });
    expect(existsSync(home.boardFile('full', 'main.py'))).toBe(false);
    expect(existsSync(home.boardFile('full', 'portal.new'))).toBe(false);
  });

  test('reports a board without a filesystem', async () => {
    const small = board('small', '&flash=512K');
    expect((await home.call(['flash', '--port', small])).exitCode).toBe(0);
    const run = await home.call(['install', '--port', small, '--json']);
    expect(run.result()).toMatchObject({ exitCode: 7, error: { code: 'board-no-filesystem' } });
  });
});
