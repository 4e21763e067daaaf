// Names of a user's files that would take the board, the portal or this tool out of action.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reservedNames } from '../../../src/portal/reserved-names.js';
import { DEVICE_FOLDER } from '../../support/micropython.js';

const DEVICE_FILES = readdirSync(DEVICE_FOLDER);
const portal = DEVICE_FILES.map((name) => ({
  path: name === 'main.py' ? name : name.replace(/\.py$/, '.mpy'),
  bytes: Buffer.of(),
}));
const problem = reservedNames(portal);

test.each([
  ['main.py', 'main.py belongs to the portal; call yours app.py'],
  ['boot.py', 'boot.py belongs to MicroPython'],
  ['boot.mpy', 'boot.mpy would replace boot.py'],
  ['portal_config.py', 'written from options such as --essid'],
  ['wifi.creds', 'stores the network and its password'],
  ['wifi.creds.new', 'wifi.creds.new is used by the portal or the board'],
  ['portal.new', 'is used by the portal or the board'],
  ['portal.new/a', 'portal.new/ is used by'],
  ['portal.manifest/a', 'portal.manifest/ is used by'],
  ['main.py/a', 'main.py/ is used by'],
  ['boot.py/a', 'boot.py/ is used by'],
  ['index.html', 'index.html is used by'],
  [
    'index.html/a',
    'index.html/ is used by the portal or the board; rename it, for example to my_index.html/',
  ],
  ['pages.py', "pages.py hides the portal's module pages; rename it, for example to my_pages.py"],
  ['pages.mpy', "hides the portal's module pages"],
  ['pages/a.txt', "pages/ hides the portal's module pages; rename it, for example to my_pages/"],
  ['captive_portal/__init__.py', "captive_portal/ hides the portal's module captive_portal"],
  ['portal_config/a', "hides the portal's module portal_config"],
  ['Main.PY', 'main.py belongs to the portal'],
  ['Pages.py', "Pages.py hides the portal's module pages"],
  ['time.py', "time.py hides MicroPython's module time; rename it, for example to my_time.py"],
  ['socket/__init__.py', "socket/ hides MicroPython's module socket"],
  ['uos.mpy', "hides MicroPython's module uos"],
  ['lib/select.py', "lib/select.py hides MicroPython's module select; leave it out"],
  ['lib/os/__init__.py', "hides MicroPython's module os"],
])('%s is refused: %s', (path, reason) => {
  expect(problem(path)).toContain(reason);
});

test.each([
  ['app.py', 'a program of its own'],
  ['lib/pages.py', 'found after the module in the root folder'],
  ['data/main.py', 'not in the root folder'],
  ['drivers/time.py', 'imported as drivers.time'],
  ['lib/drivers/os.py', 'imported as drivers.os'],
  ['time.txt', 'no module'],
  ['timer.py', 'another name'],
  ['errno.py', 'a module that nothing of ours imports'],
])('%s is free: %s', (path) => {
  expect(problem(path)).toBeUndefined();
});

test('every module that the portal imports is protected', () => {
  const own = new Set(DEVICE_FILES.map((name) => name.replace(/\.py$/, '')));
  const imported = DEVICE_FILES.filter((name) => name.endsWith('.py')).flatMap((name) =>
    Array.from(
      readFileSync(`${DEVICE_FOLDER}${name}`, 'utf8').matchAll(/^\s*(?:import|from) (\w+)/gm),
      ([, module = '']) => module,
    ),
  );
  expect(imported.length).toBeGreaterThan(10);
  const free = imported.filter((module) => !own.has(module) && problem(`${module}.py`) === undefined);
  expect(free).toEqual([]);
});
