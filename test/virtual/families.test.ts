// A blank board of each chip is set up from end to end, with the firmware for it, at the place where its ROM looks.

import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const address = (chip: string) => `virtual:${chip}?chip=${chip}&speed=max&http=0&dns=0`;

/** Family, place of the first image, chip id in it, and what MicroPython calls the board. */
test.concurrent.each([
  ['esp32s2', 'ESP32-S2', 0x1000, 2, 'Generic ESP32S2 module with ESP32S2'],
  ['esp32s3', 'ESP32-S3', 0, 9, 'Generic ESP32S3 module with ESP32S3'],
  ['esp32c2', 'ESP32-C2', 0, 12, 'ESP32C2 module with ESP32C2'],
  ['esp32c3', 'ESP32-C3', 0, 5, 'ESP32C3 module with ESP32C3'],
  ['esp32c5', 'ESP32-C5', 0x2000, 23, 'ESP32C5 module with ESP32C5'],
  ['esp32c6', 'ESP32-C6', 0, 13, 'ESP32C6 module with ESP32C6'],
  ['esp32c61', 'ESP32-C61', 0, 20, 'ESP32C61 module with ESP32C61'],
])('a blank %s is set up from end to end', async (chip, family, at, id, machine) => {
  const run = await home.run(['setup', '--port', address(chip), '--until', 'portal.ready', '--json']);
  expect(run.result()).toMatchObject({
    ok: true,
    exitCode: 0,
    flash: { chip: expect.stringMatching(`^${family}`) },
  });
  const build = `ESP32_GENERIC_${family.slice('ESP32-'.length)}`;
  expect(run.result()).toMatchObject({ flash: { build, banner: expect.stringContaining(machine) } });
  const flash = home.flash(chip);
  expect([flash[at], flash[at + 12]]).toEqual([0xe9, id]);

  const reset = await home.run(['reset-creds', '--port', address(chip), '--json']);
  expect(reset.result()).toMatchObject({ ok: true });
});

test.concurrent.each([
  ['esp32h2', 'ESP32-H2', 0, 16],
  ['esp32p4', 'ESP32-P4', 0x2000, 18],
])('a blank %s, whose build has no WiFi, is flashed', async (chip, family, at, id) => {
  const run = await home.run(['flash', '--port', address(chip), '--json']);
  expect(run.result()).toMatchObject({ ok: true, chip: expect.stringMatching(`^${family}`) });
  expect(run.result()).toMatchObject({ build: `ESP32_GENERIC_${family.slice('ESP32-'.length)}` });
  expect([home.flash(chip)[at], home.flash(chip)[at + 12]]).toEqual([0xe9, id]);
});
