// What install and uninstall do to a board's files, through the real program; the files are looked at, not what it says.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const port = board('a');
const boardText = (name: string) => readFileSync(home.boardFile('a', name), 'utf8');
const boardFiles = () => readdirSync(dirname(home.boardFile('a', 'x'))).sort();

/** A folder of this computer with files in it. */
function folder(name: string, files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home.folder, name, path)), { recursive: true });
    writeFileSync(join(home.folder, name, path), text);
  }
  return join(home.folder, name);
}

async function install(...args: string[]) {
  const run = await home.call(['install', '--port', port, '--json', ...args]);
  return { ...run, result: run.result() };
}

/** Where nothing is to be sent; the board is left at its prompt. */
const unchanged = (...args: string[]) => install('--no-restart', ...args);

beforeAll(() => home.makeBoard('a', 'micropython'));

describe('a first installation', () => {
  test('with --dry-run reports what it would send, and sends nothing', async () => {
    const { result } = await install('--dry-run');
    expect(result).toMatchObject({
      ok: true,
      state: 'untouched',
      form: 'mpy6',
      sent: expect.arrayContaining(['main.py']),
    });
    expect(boardFiles()).toEqual(['boot.py']);
  });

  test('with --dry-run lists the names, and does not report a start of the portal', async () => {
    const program = folder('small', { 'app.py': 'x = 1\n' });
    const run = await home.call(['install', '--port', port, '--dry-run', '--app', program]);
    expect(run.stdout).toMatch(/ files \([\d.]+ KB\) would be sent: .*captive_portal\.mpy.*, app\.py\.\n/);
    expect(run.stdout).toContain('Nothing was changed.');
    expect(run.stderr).not.toContain('Start the portal');
  });

  test('sends all, and a second one nothing', async () => {
    expect((await install()).result).toMatchObject({ ok: true, state: 'portal', form: 'mpy6' });
    const before = boardFiles();
    const { stdout, result } = await install();
    expect(result).toMatchObject({ ok: true, state: 'portal', filesSent: 0 });
    expect(stdout).toContain('"filesSent":0');
    expect(boardFiles()).toEqual(before);
  });
});

describe('--no-restart leaves the board at its prompt, and no program runs', () => {
  const eventsOf = async (...args: string[]) => {
    const run = await home.call(['install', '--port', port, '--json', '--no-restart', ...args]);
    return { result: run.result(), events: run.json().map(({ event }) => event) };
  };

  test('after an upload', async () => {
    const { result, events } = await eventsOf('--country', 'DE');
    expect(result).toMatchObject({ ok: true, state: 'at-prompt', sent: ['portal_config.py'] });
    expect(boardText('portal_config.py')).toContain('DE');
    expect(events).not.toContain('portal.starting');
  });

  test('where nothing has changed, and with --dry-run', async () => {
    const unchanged = await eventsOf();
    expect(unchanged.result).toMatchObject({ ok: true, state: 'at-prompt', filesSent: 0 });
    expect(unchanged.events).not.toContain('portal.starting');
    expect((await eventsOf('--dry-run', '--country', '')).result).toMatchObject({ state: 'untouched' });
    expect((await install('--country', '')).result).toMatchObject({ ok: true, state: 'portal' });
  });
});

describe("the portal's options", () => {
  test('are a module on the board, and are kept when the next installation does not set them', async () => {
    const { result } = await install(
      '--essid',
      'Garden "pump"',
      '--ap-password',
      'long enough',
      '--portal-timeout',
      '600',
    );
    expect(result).toMatchObject({ ok: true, sent: ['portal_config.py'] });
    const text = boardText('portal_config.py');
    expect(text).toBe(
      'OPTIONS = {\n    "essid": \'Garden "pump"\',\n    "password": \'long enough\',\n    "timeout_s": 600,\n}\n',
    );
    expect((await unchanged()).result).toMatchObject({ filesSent: 0 });
    expect(boardText('portal_config.py')).toBe(text);
  });

  test('stay one by one: what is not given again is not lost, and an empty value takes back', async () => {
    const changed = (await install('--country', 'DE')).result;
    expect(changed).toMatchObject({ ok: true, sent: ['portal_config.py'] });
    expect(changed).toMatchObject({
      settings: { essid: 'Garden "pump"', password: 'set', timeout_s: 600, country: 'DE' },
    });
    expect(boardText('portal_config.py')).toBe(
      'OPTIONS = {\n    "essid": \'Garden "pump"\',\n    "password": \'long enough\',\n    "country": \'DE\',\n    "timeout_s": 600,\n}\n',
    );
    expect((await unchanged('--country', 'DE')).result).toMatchObject({ filesSent: 0 });
    const open = await home.call(['install', '--port', port, '--ap-password', '', '--portal-timeout', '']);
    expect(open.exitCode).toBe(0);
    expect(open.stdout).toContain('Settings on the board: essid "Garden \\"pump\\"", country DE.');
    expect(boardText('portal_config.py')).toBe(
      'OPTIONS = {\n    "essid": \'Garden "pump"\',\n    "country": \'DE\',\n}\n',
    );
  });

  test('of a hand-written module are kept, too; a broken one has none', async () => {
    const mine =
      "print('hello')\nOPTIONS = dict(essid=b'caf\\xe9', static_ip=('10.0.0.2', '255.0.0.0'), country='US')\n";
    writeFileSync(home.boardFile('a', 'portal_config.py'), mine);
    expect((await unchanged('--country', 'US')).result).toMatchObject({ filesSent: 0 });
    expect(boardText('portal_config.py')).toBe(mine);
    const { result } = await install('--country', 'DE');
    expect(result).toMatchObject({ ok: true, kept: { 'portal_config.py': 'portal_config.py.old' } });
    expect(boardText('portal_config.py')).toBe(
      "OPTIONS = {\n    \"essid\": b'caf\\xe9',\n    \"static_ip\": ('10.0.0.2', '255.0.0.0'),\n    \"country\": 'DE',\n}\n",
    );
    writeFileSync(home.boardFile('a', 'portal_config.py'), 'OPTIONS = {');
    expect((await install('--essid', 'New')).result).toMatchObject({ settings: { essid: 'New' } });
    expect(boardText('portal_config.py')).toBe('OPTIONS = {\n    "essid": \'New\',\n}\n');
  });

  test('are checked before the port is opened', async () => {
    const run = await home.call(['install', '--port', '/dev/no-such-port', '--ap-password', 'short']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('--ap-password cannot be used: WPA2 needs 8 to 63 ASCII characters');
    expect(run.stderr).not.toContain('"short"');
  });
});

describe('a file on the board', () => {
  test('that was damaged is sent again; one that was edited is kept under another name', async () => {
    writeFileSync(home.boardFile('a', 'captive_portal.mpy'), 'damaged');
    writeFileSync(home.boardFile('a', 'index.html'), 'my own page');
    writeFileSync(home.boardFile('a', 'mine.txt'), 'mine');
    const { result } = await install();
    expect(result).toMatchObject({
      ok: true,
      kept: { 'index.html': 'index.html.old' },
    });
    expect((result.sent as string[]).toSorted()).toEqual(['captive_portal.mpy', 'index.html']);
    expect(boardText('index.html.old')).toBe('my own page');
    expect(boardText('index.html')).not.toBe('my own page');
    expect(boardText('captive_portal.mpy')).not.toBe('damaged');
    expect(boardText('mine.txt')).toBe('mine');
  });

  test("that Python would import instead of the portal's module gets another name", async () => {
    writeFileSync(home.boardFile('a', 'captive_portal.py'), 'raise Exception("the wrong one")');
    // It is noticed when ours has to be sent.
    writeFileSync(home.boardFile('a', 'captive_portal.mpy'), 'damaged');
    const { result } = await install();
    expect(result).toMatchObject({
      ok: true,
      state: 'portal',
      kept: { 'captive_portal.py': 'captive_portal.py.old' },
    });
    expect(existsSync(home.boardFile('a', 'captive_portal.py'))).toBe(false);
  });
});

describe("the user's program", () => {
  const app = (text: string) =>
    folder('app', {
      'app.py': text,
      'lib/part.py': 'VALUE = 42\n',
      'notes.md': 'x',
      '.portalignore': '*.md',
    });

  test('is uploaded with the portal, without ignored files', async () => {
    const { result } = await install('--app', app("print('app 1')"));
    expect(result).toMatchObject({ ok: true, sent: ['app.py', 'lib/part.py'] });
    expect(boardText('lib/part.py')).toBe('VALUE = 42\n');
    expect(boardFiles()).not.toContain('notes.md');
    expect((await unchanged('--app', app("print('app 1')"))).result).toMatchObject({ filesSent: 0 });
  });

  test('is kept when an installation does not name it; files dropped by a later one are removed, with their folder', async () => {
    expect((await unchanged()).result).toMatchObject({ filesSent: 0, removed: [] });
    const smaller = folder('smaller', { 'app.py': "print('app 2')" });
    expect((await install('--app', smaller)).result).toMatchObject({
      sent: ['app.py'],
      removed: ['lib/part.py'],
    });
    expect(boardText('app.py')).toBe("print('app 2')");
    expect(boardFiles()).not.toContain('lib');
  });

  test('renames other files with the names of its files to unused names', async () => {
    const lib = (name: string) => home.boardFile('a', `lib/${name}`);
    mkdirSync(dirname(lib('x')), { recursive: true });
    writeFileSync(lib('util.py'), 'theirs');
    writeFileSync(lib('util.py.old'), 'older');
    writeFileSync(home.boardFile('a', 'sub'), 'a file where a folder goes');
    mkdirSync(home.boardFile('a', 'app')); // which Python takes for the module of that name
    writeFileSync(home.boardFile('a', 'app/data'), 'in a folder');
    const program = folder('foldered', {
      'app.py': '',
      'lib/util.py': 'ours',
      'lib/new.py': '',
      'sub/x.py': '',
    });
    const { result } = await install('--app', program);
    expect(result).toHaveProperty('kept', {
      'lib/util.py': 'lib/util.py.old2',
      sub: 'sub.old',
      app: 'app.old',
    }); // and no other
    expect(boardText('sub.old')).toBe('a file where a folder goes');
    expect(boardText('app.old/data')).toBe('in a folder');
    expect(boardFiles()).not.toContain('app');
    for (const name of ['sub.old', 'app.old']) rmSync(home.boardFile('a', name), { recursive: true });
    const texts = ['util.py', 'util.py.old', 'util.py.old2'].map((name) => readFileSync(lib(name), 'utf8'));
    expect(texts).toEqual(['ours', 'older', 'theirs']);
    // What was edited and is not wanted any more is kept too.
    writeFileSync(lib('util.py'), 'edited');
    const dropped = await install('--app', folder('smaller', {}));
    expect(dropped.result).toMatchObject({ ok: true, kept: { 'lib/util.py': 'lib/util.py.old3' } });
    expect(readFileSync(lib('util.py.old2'), 'utf8')).toBe('theirs');
    rmSync(dirname(lib('x')), { recursive: true });
  });

  test('that is too large is reported with its largest files, and how to exclude files', async () => {
    const program = folder('large', { 'app.py': '', 'big.bin': 'x'.repeat(9_000_000) });
    const run = await home.call(['install', '--port', port, '--app', program]);
    expect(run.exitCode).toBe(7);
    expect(run.stderr).toContain('The largest files of your program: big.bin (9000.0 KB), app.py (0.0 KB).');
    expect(run.stderr).toContain('Next: List files that the board does not need in .portalignore');
    expect(run.stderr).not.toContain('--erase');
    expect(run.stderr).toMatch(/✖ Upload the portal|Upload the portal: failed/);
  });

  test('is compiled with --app-mpy', async () => {
    const compiled = await install('--app', folder('smaller', {}), '--app-mpy');
    expect(compiled.result).toMatchObject({ ok: true, sent: ['app.mpy'], removed: ['app.py'] });
  });

  test("may not bring the portal's own files", async () => {
    const run = await home.call(['install', '--port', port, '--app', folder('bad', { 'main.py': '' })]);
    expect(run).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('call yours app.py') });
  });
});

describe('uninstall', () => {
  test('removes what was installed and nothing else', async () => {
    const dry = await home.call(['uninstall', '--port', port, '--dry-run', '--json']);
    expect(dry.result()).toMatchObject({ ok: true, removed: expect.arrayContaining(['main.py', 'app.mpy']) });
    expect(boardFiles()).toContain('main.py');

    writeFileSync(home.boardFile('a', 'wifi.creds'), 'Home,secret123');
    writeFileSync(home.boardFile('a', 'portal_config.py'), 'OPTIONS = {}\n');
    const run = await home.call(['uninstall', '--port', port, '--json']);
    expect(run.result()).toMatchObject({ ok: true, changed: ['portal_config.py'], main: 'removed' });
    expect(boardFiles()).toEqual(
      [
        'boot.py',
        'captive_portal.py.old',
        'index.html.old',
        'mine.txt',
        'portal_config.py',
        'portal_config.py.old', // written by hand above, twice
        'portal_config.py.old2',
        'wifi.creds',
      ].sort(),
    );
  });

  test('of nothing reports that', async () => {
    const run = await home.call(['uninstall', '--port', port]);
    expect(run).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('The board has no files of esp-portal'),
    });
  });

  test('deletes the network with --purge', async () => {
    writeFileSync(home.boardFile('a', 'wifi.creds.backup'), "the user's own");
    const run = await home.call(['uninstall', '--purge', '--port', port, '--json']);
    expect(run.result()).toMatchObject({ ok: true, removed: ['wifi.creds'] });
    expect(boardFiles()).not.toContain('wifi.creds');
    expect(boardText('wifi.creds.backup')).toBe("the user's own");
  });
});

test.each([['install'], ['reset-creds']])(
  '%s on a virtual board, which ends with the command, gives a command and no address',
  async (command) => {
    const later = board(`later-${command}`);
    home.makeBoard(`later-${command}`, 'portal');
    const run = await home.call([command, '--port', later]);
    expect(run.stdout).toContain(`esp-portal monitor --port '${later}'`);
    expect(run.stdout + run.stderr).not.toContain('127.0.0.1');
  },
);
