// A blank board of each chip is set up from end to end, with the firmware for it, at the place where its ROM looks.

import { afterAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());

const address = (name: string, chip: string, options = '') =>
  `virtual:${name}?chip=${chip}&speed=max&http=0&dns=0${options}`;

/** Family, place of the first image, chip id in it, and what MicroPython calls the board. */
test.each([
  ['esp32s2', 'ESP32-S2', 0x1000, 2, 'Generic ESP32S2 module with ESP32S2'],
  ['esp32s3', 'ESP32-S3', 0, 9, 'Generic ESP32S3 module with ESP32S3'],
  ['esp32c2', 'ESP32-C2', 0, 12, 'ESP32C2 module with ESP32C2'],
  ['esp32c3', 'ESP32-C3', 0, 5, 'ESP32C3 module with ESP32C3'],
  ['esp32c5', 'ESP32-C5', 0x2000, 23, 'ESP32C5 module with ESP32C5'],
  ['esp32c6', 'ESP32-C6', 0, 13, 'ESP32C6 module with ESP32C6'],
  ['esp32c61', 'ESP32-C61', 0, 20, 'ESP32C61 module with ESP32C61'],
])('a blank %s is set up from end to end', async (chip, family, at, id, machine) => {
  const port = address(chip, chip);
  // The build is read at the prompt, which a board that starts with the portal does not show.
  const inTwoSteps = ['setup', '--no-files-in-flash', '--until', 'portal.ready', '--json'];
  const run = await home.call([...inTwoSteps, '--port', port]);
  const build = `ESP32_GENERIC_${family.slice('ESP32-'.length)}`;
  expect(run.result()).toMatchObject({
    ok: true,
    exitCode: 0,
    flash: { chip: expect.stringMatching(`^${family}`), build, banner: expect.stringContaining(machine) },
  });
  const flash = home.flash(chip);
  expect([flash[at], flash[at + 12]]).toEqual([0xe9, id]);
  // All others do this in native-usb.test.ts.
  if (chip !== 'esp32c2') return;
  const reset = await home.call(['reset-creds', '--port', port, '--json']);
  expect(reset.result()).toMatchObject({ ok: true });
});

test.each([
  ['c6', '', 'C6_WIFI', 'Generic ESP32P4 module with WIFI module of external ESP32C6 with ESP32P4'],
  [
    'c5',
    '&revision=v1.3',
    'PRE_REV3_C5_WIFI',
    'Generic ESP32P4 module with pre revision 3 chip and ESP32C5 hosted WIFI with ESP32P4',
  ],
])(
  'a blank esp32p4 with an ESP32-%s for WiFi, %s, is set up with the build %s',
  async (wifi, revision, variant, machine) => {
    const port = address(`p4-${wifi}`, 'esp32p4', `&wifi=${wifi}${revision}`);
    const run = await home.call(['setup', '--port', port, '--until', 'portal.ready', '--json']);
    expect(run.result()).toMatchObject({
      ok: true,
      flash: { build: `ESP32_GENERIC_P4-${variant}`, banner: expect.stringContaining(machine) },
    });
    // The other one does this in native-usb.test.ts.
    if (wifi !== 'c5') return;
    const reset = await home.call(['reset-creds', '--port', port, '--json']);
    expect(reset.result()).toMatchObject({ ok: true });
  },
);

test.each([
  [
    'esp32h2',
    'ESP32-H2',
    0,
    16,
    'The ESP32-H2 on virtual:esp32h2 has no WiFi.',
    'Use a board with another chip',
  ],
  ['esp32p4', 'ESP32-P4', 0x2000, 18, 'MicroPython on virtual:esp32p4 has no WiFi', 'C5_WIFI or C6_WIFI'],
])(
  'setup of a blank %s, which has no WiFi, ends after flash and says why',
  async (chip, family, at, id, why, next) => {
    const run = await home.call(['setup', '--port', address(chip, chip), '--json']);
    expect(run.result()).toMatchObject({
      ok: false,
      exitCode: 5,
      error: {
        code: 'board-no-wifi',
        message: expect.stringContaining(why),
        next: expect.stringContaining(next),
      },
    });
    expect([home.flash(chip)[at], home.flash(chip)[at + 12]]).toEqual([0xe9, id]);

    const again = await home.call(['flash', '--port', address(chip, chip), '--json']);
    expect(again.result()).toMatchObject({
      ok: true,
      plan: 'nothing',
      chip: expect.stringMatching(`^${family}`),
      build: `ESP32_GENERIC_${family.slice('ESP32-'.length)}`,
    });
  },
);

test('a build for another second chip than the board has fails at the start of its WiFi, as micropython#19217', async () => {
  await home.call(['flash', '--port', address('wrong-c', 'esp32p4', '&wifi=c6'), '--json']);
  const run = await home.call(['install', '--port', address('wrong-c', 'esp32p4', '&wifi=c5'), '--json']);
  expect(run.result()).toMatchObject({
    ok: false,
    exitCode: 7,
    error: { message: expect.stringContaining('RuntimeError: Wifi Unknown Error 0xffffffff') },
  });
});
