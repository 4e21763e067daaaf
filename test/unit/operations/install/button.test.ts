// Which boards get the module that looks at the button, and for which GPIOs.
import { expect, test } from 'vitest';
import { freshInstallation } from '../../../../src/operations/install/fresh-installation.js';

const install = (chip: 'ESP8266' | 'ESP32', button?: number) =>
  freshInstallation({ chip, version: '1.27.0', isMicroPython: true }, { config: { button } });
const pathsOf = async (button?: number) => (await install('ESP8266', button))?.files.map(({ path }) => path);

test('only a board with a button gets its module', async () => {
  expect(await pathsOf()).not.toContain('button.mpy');
  expect(await pathsOf(0)).toContain('button.mpy');
});

test('a blank ESP8266 is not written with a button at a GPIO that cannot have one', async () => {
  await expect(install('ESP8266', 6)).rejects.toMatchObject({ code: 'usage' });
  await expect(install('ESP32', 6)).resolves.toBeDefined();
});
