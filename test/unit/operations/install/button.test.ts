// Which boards get the module that looks at the button, and for which GPIOs.
import { expect, test } from 'vitest';
import { freshInstallation } from '../../../../src/operations/install/fresh-installation.js';

const install = (chip: 'esp8266' | 'esp32', button?: number) =>
  freshInstallation({ chip, version: '1.27.0', isMicroPython: true }, { config: { button } });
const pathsOf = async (button?: number) => (await install('esp8266', button))?.files.map(({ path }) => path);

test('only a board with a button gets its module', async () => {
  expect(await pathsOf()).not.toContain('button.mpy');
  expect(await pathsOf(0)).toContain('button.mpy');
});

test('a blank ESP8266 is not written with a button at a GPIO that cannot have one', async () => {
  await expect(install('esp8266', 6)).rejects.toMatchObject({ code: 'usage' });
  await expect(install('esp32', 6)).resolves.toBeDefined();
});
