// Which value an option has when it is not on the command line.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readSettings } from '../../../../src/cli/options/settings.js';

const OPTIONS = {
  port: { type: 'string' },
  baud: { type: 'string' },
  erase: { type: 'boolean' },
  'ap-ip': { type: 'string' },
  app: { type: 'string', path: true },
  firmware: { type: 'string', path: 'if-there' },
} as const;
const KNOWN = { ...OPTIONS, listen: { type: 'string' } } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'esp-portal-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: string) => writeFileSync(join(folder, name), content);
const read = (env: Record<string, string> = {}, from = folder) =>
  readSettings(OPTIONS, KNOWN, { env, folder: from, userFile: join(folder, 'config.json') });

test('the environment comes before the project, the project before the user, each told as the source', () => {
  write('esp-portal.json', '{"port": "from-project", "baud": 9600}');
  write('config.json', '{"port": "from-user", "baud": 19200, "erase": true}');
  expect(read({ ESP_PORTAL_PORT: 'from-env' })).toEqual([
    { option: 'port', value: 'from-env', source: '$ESP_PORTAL_PORT' },
    { option: 'baud', value: '9600', source: join(folder, 'esp-portal.json') },
    { option: 'erase', value: true, source: join(folder, 'config.json') },
  ]);
});

test("esptool's variables count where ours are not set", () => {
  expect(read({ ESPTOOL_PORT: 'a', ESPTOOL_BAUD: '1', ESP_PORTAL_BAUD: '2' })).toEqual([
    { option: 'port', value: 'a', source: '$ESPTOOL_PORT' },
    { option: 'baud', value: '2', source: '$ESP_PORTAL_BAUD' },
  ]);
});

test('every option has a variable; one that is on or off takes 1 and 0', () => {
  expect(read({ ESP_PORTAL_AP_IP: '4.3.2.1', ESP_PORTAL_ERASE: '0' })).toEqual([
    { option: 'erase', value: false, source: '$ESP_PORTAL_ERASE' },
    { option: 'ap-ip', value: '4.3.2.1', source: '$ESP_PORTAL_AP_IP' },
  ]);
  expect(() => read({ ESP_PORTAL_ERASE: 'maybe' })).toThrow('$ESP_PORTAL_ERASE is "maybe"');
});

test("the project's file is found from the folders below it", () => {
  write('esp-portal.json', '{"port": "up-there"}');
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

test.each([
  ['{"prot": "x"}', 'sets "prot", but no command has an option --prot'],
  ['{"port": ["x"]}', 'the value of "port" is no text'],
  ['{"port": true}', 'the value of "port" is no text'],
  ['{"erase": "no"}', '"erase" is either true or false'],
  ['[1]', 'is no JSON object'],
  ['{"port": ', 'is not JSON'],
])('the file %s is refused with its path', (content, message) => {
  write('esp-portal.json', content);
  expect(() => read()).toThrow(message);
  expect(() => read()).toThrow(join(folder, 'esp-portal.json'));
});
