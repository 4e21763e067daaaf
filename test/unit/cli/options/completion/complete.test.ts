// What a shell offers at the cursor.
import { expect, test } from 'vitest';
import { complete } from '../../../../../src/cli/options/completion/complete.js';

const sources = {
  ports: async () => [{ word: '/dev/ttyUSB0', meaning: 'CH340' }],
  events: async () =>
    ['portal.ready', 'wifi.connected', 'wifi.failed'].map((word) => ({ word, meaning: '' })),
};
const words = async (...line: string[]) => (await complete(line, sources)).map(({ word }) => word);

test('commands that begin with what is typed, each with its meaning', async () => {
  expect(await complete(['fla'], sources)).toEqual([
    { word: 'flash', meaning: 'Write MicroPython to the board, verify it, and check that it starts' },
  ]);
});

test('all options of the command, but not those that are there already', async () => {
  expect(await words('flash', '--erase', '--')).toContain('--firmware');
  expect(await words('flash', '--erase', '--')).not.toContain('--erase');
  expect(await words('flash', '-b', '9600', '--bau')).toEqual([]);
});

test('the actions of files, and nothing for the paths behind them', async () => {
  expect(await words('files', '')).toEqual(['ls', 'get', 'put', 'rm', 'cat']);
  expect(await words('files', '--port', 'x', 'g')).toEqual(['get']);
  expect(await words('files', 'get', '')).toEqual([]);
});

test('ports behind --port and -p', async () => {
  expect(await words('flash', '--port', '')).toEqual(['/dev/ttyUSB0']);
  expect(await words('flash', '-p', '/dev/tty')).toEqual(['/dev/ttyUSB0']);
});

test('events behind --until, also behind a comma', async () => {
  expect(await words('monitor', '--until', 'wifi')).toEqual(['wifi.connected', 'wifi.failed']);
  expect(await words('monitor', '--until', 'portal.ready,wifi.c')).toEqual(['portal.ready,wifi.connected']);
});

test('the words that a command takes', async () => {
  expect(await words('completion', '')).toEqual(['bash', 'zsh', 'fish']);
});

test('nothing for a file, which the shell completes', async () => {
  expect(await words('flash', '--firmware', '')).toEqual([]);
});

test('an option without a value is not waited for', async () => {
  expect(await words('monitor', '--json', '--unt')).toEqual(['--until']);
});
