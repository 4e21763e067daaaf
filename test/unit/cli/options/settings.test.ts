// Which value an option has when it is not on the command line.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ALL_OPTIONS } from '../../../../src/cli/commands.js';
import { projectNotice, readSettings } from '../../../../src/cli/options/settings.js';
import { projectOptions } from '../../../../src/cli/options/settings-file.js';
import { baudRate } from '../../../../src/cli/options/shared.js';

const OPTIONS = {
  field: ALL_OPTIONS.field ?? {},
  port: { type: 'string' },
  baud: { type: 'string', coerce: baudRate },
  essid: { type: 'string', fromProject: true },
  main: { type: 'string', fromProject: true, choices: ['keep', 'append'] },
  erase: { type: 'boolean' },
  'ap-ip': { type: 'string' },
  app: { type: 'string', path: true, fromProject: true },
  firmware: { type: 'string', path: 'if-there', fromProject: true },
} as const;
const KNOWN = { ...OPTIONS, listen: { type: 'string' } } as const;

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'esp-portal-settings-')));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
};
/** The home folder is elsewhere, unless told. */
const read = (env: Record<string, string> = {}, from = folder, home = join(folder, 'home')) =>
  readSettings(OPTIONS, KNOWN, { env, folder: from, home, userFile: join(folder, 'config.json') });

test('the environment comes before the project, the project before the user, each named as the source', () => {
  write('esp-portal.json', '{"essid": "from-project", "main": "append"}');
  write('config.json', '{"main": "keep", "baud": 19200, "erase": true, "port": "from-user"}');
  expect(read({ ESP_PORTAL_ESSID: 'from-env' })).toEqual([
    { option: 'essid', value: 'from-env', source: '$ESP_PORTAL_ESSID', from: 'environment' },
    { option: 'main', value: 'append', source: join(folder, 'esp-portal.json'), from: 'project' },
    { option: 'baud', value: '19200', source: join(folder, 'config.json'), from: 'user' },
    { option: 'erase', value: true, source: join(folder, 'config.json'), from: 'user' },
    { option: 'port', value: 'from-user', source: join(folder, 'config.json'), from: 'user' },
  ]);
});

test("esptool's variables count if those of esp-portal are not set", () => {
  expect(read({ ESPTOOL_PORT: 'a', ESPTOOL_BAUD: '9600', ESP_PORTAL_BAUD: '19200' })).toEqual([
    { option: 'port', value: 'a', source: '$ESPTOOL_PORT', from: 'environment' },
    { option: 'baud', value: '19200', source: '$ESP_PORTAL_BAUD', from: 'environment' },
  ]);
});

test('every option has a variable; one that is on or off takes 1 and 0', () => {
  expect(read({ ESP_PORTAL_AP_IP: '4.3.2.1', ESP_PORTAL_ERASE: '0' })).toMatchObject([
    { option: 'erase', value: false, source: '$ESP_PORTAL_ERASE' },
    { option: 'ap-ip', value: '4.3.2.1', source: '$ESP_PORTAL_AP_IP' },
  ]);
  expect(() => read({ ESP_PORTAL_ERASE: 'maybe' })).toThrow('$ESP_PORTAL_ERASE is "maybe"');
});

test("the project's file is found from the folders below it", () => {
  write('esp-portal.json', '{"essid": "up-there"}');
  const below = join(folder, 'a', 'b');
  mkdirSync(below, { recursive: true });
  expect(read({}, below)).toMatchObject([{ value: 'up-there' }]);
});

test('a path in a file is relative to the file, one in the environment to where one is', () => {
  write('esp-portal.json', '{"app": "program", "firmware": "mine.bin"}');
  const below = join(folder, 'below');
  mkdirSync(below);
  expect(read({}, below)).toMatchObject([{ value: join(folder, 'program') }, { value: 'mine.bin' }]);
  write('mine.bin', '');
  expect(read({}, below)).toMatchObject([{ option: 'app' }, { value: join(folder, 'mine.bin') }]);
  expect(read({ ESP_PORTAL_APP: 'program' }, below)).toMatchObject([{ value: 'program' }, {}]);
});

test('settings for other commands are allowed and left out', () => {
  write('config.json', '{"listen": "127.0.0.1:0"}');
  expect(read()).toEqual([]);
});

test('the search for a project ends at the root of its repository and at the home folder', () => {
  write('esp-portal.json', '{"essid": "above"}');
  write('repository/.git/HEAD', '');
  write('repository/below/x', '');
  expect(read({}, join(folder, 'repository', 'below'))).toEqual([]);
  write('home/projects/x', '');
  expect(read({}, join(folder, 'home', 'projects'))).toEqual([]);
  write('home/esp-portal.json', '{"essid": "everywhere"}');
  expect(read({}, join(folder, 'home', 'projects'))).toEqual([]);
  write('repository/esp-portal.json', '{"essid": "root"}');
  expect(read({}, join(folder, 'repository', 'below'))).toMatchObject([{ value: 'root' }]);
});

test("a project's file sets what goes onto the board, and nothing else", () => {
  expect(projectOptions(ALL_OPTIONS).sort()).toEqual([
    ...[
      'accent',
      'ap-ip',
      'ap-password',
      'app',
      'app-mpy',
      'country',
      'essid',
      'field',
      'firmware',
      'hostname',
    ],
    ...['language', 'logo', 'main', 'packages', 'portal-button', 'portal-timeout', 'static-ip', 'title'],
  ]);
  for (const option of ['port', 'baud', 'erase', 'listen']) {
    write('esp-portal.json', `{"${option}": ${option === 'erase' ? true : '"x"'}}`);
    expect(() => read()).toThrow(`sets "${option}". A project's file sets only what goes onto the board`);
  }
});

test('a file has fields as objects or as texts; other options take no array', () => {
  write('esp-portal.json', '{"field": [{"name": "mqtt", "required": true}, "port=Port"]}');
  expect(read()).toMatchObject([{ option: 'field', value: '[{"name":"mqtt","required":true},"port=Port"]' }]);
  write('esp-portal.json', '{"field": [{"name": "9"}]}');
  expect(() => read()).toThrow('esp-portal.json: --field: a name has');
  write('esp-portal.json', '{"essid": ["Lamp"]}');
  expect(() => read()).toThrow('"essid" takes a text or a number');
});

test.each([
  ['app', '../elsewhere'],
  ['app', '/etc'],
  ['app', 'link'],
  ['app', 'link/deeper'],
  ['firmware', '../mine.bin'],
  ['logo', '../mine.bin'],
  ['logo', '/etc/passwd'],
  ['firmware', '../not-there.bin'],
  ['firmware', 'http://127.0.0.1:80/reboot'],
  ['firmware', 'file:///etc/passwd'],
])("a project's file cannot set %s to %s", (option, value) => {
  write('elsewhere/deeper/x', '');
  write('mine.bin', '');
  write('project/esp-portal.json', JSON.stringify({ [option]: value }));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'project', 'link'));
  expect(() => read({}, join(folder, 'project'))).toThrow(join(folder, 'project', 'esp-portal.json'));
});

test.each(['latest', '1.27.0', 'https://example.org/x.bin'])('a project chooses the firmware %s', (value) => {
  write('esp-portal.json', JSON.stringify({ firmware: value }));
  expect(read()).toMatchObject([{ option: 'firmware', value }]);
});

test("the project's file that is used is named, with what it sets", () => {
  write('esp-portal.json', '{"essid": "Lamp", "app": "program", "field": []}');
  const notice = `Options from ${join(folder, 'esp-portal.json')}: --essid, --app.`;
  expect(projectNotice(read())).toEqual([notice]);
  expect(projectNotice(read({ ESP_PORTAL_ESSID: 'x', ESP_PORTAL_APP: 'y' }))).toEqual([]);
});

test('a byte-order mark at the start of a file is skipped', () => {
  write('esp-portal.json', '\ufeff{"essid": "Lamp"}');
  expect(read()).toMatchObject([{ value: 'Lamp' }]);
});

test.each([
  [{ ESP_PORTAL_BAUD: '0x10000' }, '$ESP_PORTAL_BAUD: Invalid baud rate "0x10000"'],
  [{ ESPTOOL_BAUD: 'fast' }, '$ESPTOOL_BAUD: Invalid baud rate "fast"'],
  [{ ESP_PORTAL_MAIN: 'constructor' }, '$ESP_PORTAL_MAIN: main cannot be "constructor"'],
])('a variable with a wrong value is named: %o', (env, message) => {
  expect(() => read(env as Record<string, string>)).toThrow(message);
});

describe.each(['esp-portal.json', 'config.json'])('%s', (name) => {
  test.each([
    ['a folder', (path: string) => mkdirSync(path), 'is a directory, not a regular file'],
    ['a link in a loop', (path: string) => symlinkSync(path, path), 'is a symbolic link in a loop'],
    ['a link whose target is missing', (path: string) => symlinkSync('nowhere', path), 'does not exist'],
  ])('that is %s is refused with its path', (_what, make, problem) => {
    make(join(folder, name));
    expect(() => read()).toThrow(`The settings file ${join(folder, name)} ${problem}.`);
  });
});

test.each([
  ['{"prot": "x"}', 'sets "prot", but no command has an option --prot'],
  ['{"__proto__": "x"}', 'no command has an option --__proto__'],
  ['{"constructor": "x"}', 'no command has an option --constructor'],
  ['{"main": "x"}', 'main cannot be "x"'],
  ['{"essid": ""}', '"essid" is empty'],
  ['{"port": ["x"]}', '"port" takes a text or a number'],
  ['{"port": true}', '"port" takes a text or a number'],
  ['{"erase": "no"}', '"erase" takes true or false'],
  ['[1]', 'is not a JSON object'],
  ['{"port": ', 'is not JSON'],
])('the file %s is refused with its path, and with what to do', (content, message) => {
  write('esp-portal.json', content);
  const path = join(folder, 'esp-portal.json');
  const next = `Correct ${path} or move it elsewhere, and run the same command again.`;
  expect(() => read()).toThrow(expect.objectContaining({ message: expect.stringContaining(message), next }));
  expect(() => read()).toThrow(path);
});

test.each([{ ESP_PORTAL_MAIN: 'x' }, { ESP_PORTAL_ERASE: 'perhaps' }, { ESP_PORTAL_BAUD: '1e5' }])(
  'the variable of %j is refused with its name, and with what to do',
  (env) => {
    const [name] = Object.keys(env);
    const next = `Correct $${name} or unset ${name}, and run the same command again.`;
    expect(() => read(env)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(`$${name}`), next }),
    );
  },
);
