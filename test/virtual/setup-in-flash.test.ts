// setup on a board without files: firmware and filesystem in one pass, with what the two steps would have left.

import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FirmwareImage,
  install,
  openPort,
  type ProgressEvent,
  type SetupResult,
  setup,
} from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectFirmware } from '../../src/esp/image/check.js';
import { CliHome } from '../support/cli.js';
import { arduinoImage, esp8266Image } from '../support/images.js';
import { seededBytes } from '../support/random.js';
import { ownFirmware } from '../support/virtual-firmware.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const config = { essid: 'Lamp', hostname: 'lamp', language: 'de' } as const;
const app = [
  { path: 'app.py', bytes: Buffer.from('print("app")\n') },
  { path: 'lib/data.bin', bytes: seededBytes(1, 9000) },
];

function filesOf(board: string): Record<string, string> {
  const folder = home.boardFile(board, '');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths
      .filter((path) => statSync(join(folder, path)).isFile())
      .map((path) => [path, readFileSync(join(folder, path)).toString('base64')]),
  );
}

/** What both ways report alike. */
function reported({ sentBytes: _, sent, ...install }: SetupResult['install']) {
  return { ...install, sent: sent.toSorted() };
}

interface Run {
  readonly more?: string;
  readonly firmware?: FirmwareImage;
  readonly options?: Partial<Parameters<typeof setup>[1]>;
}

async function run(board: string, { more = '', firmware, options }: Run = {}) {
  await using port = await openPort(`virtual:${board}?speed=max&http=0&dns=0${more}`);
  const events: ProgressEvent[] = [];
  const result = await setup(port, {
    firmware: firmware ?? ownFirmware(`virtual:?${more}`),
    config,
    app,
    onProgress: (event) => events.push(event),
    ...options,
  });
  const steps = events.flatMap((event) => (event.event === 'step' ? [event.step] : []));
  return { result, steps };
}

describe.each(['esp8266', 'esp32', 'esp32&micropython=1.23', 'esp8266&flash=1M'])('a blank %s', (chip) => {
  const more = `&chip=${chip}`;
  const name = chip.replaceAll(/\W/g, '-');

  test('has the same files as after the two steps, and install finds nothing to send', async () => {
    const { result, steps } = await run(name, { more });
    expect(result.filesInFlash).toBe(true);
    expect(result.install).toMatchObject({ state: 'portal', ssid: 'Lamp', removed: [], kept: {} });
    expect(steps).toEqual([
      ...['enter-loader', 'load-stub', 'write', 'verify', 'write-files', 'restart', 'start-portal'],
    ]);
    const twoSteps = await run(`${name}-two`, { more, options: { filesInFlash: false } });
    expect(twoSteps.result.filesInFlash).toBe(false);
    expect(filesOf(name)).toEqual(filesOf(`${name}-two`));
    expect(reported(result.install)).toEqual(reported(twoSteps.result.install));

    await using port = await openPort(`virtual:${name}?speed=max&http=0&dns=0${more}`);
    expect(await install(port, { config, app })).toMatchObject({ filesSent: 0, sent: [], removed: [] });
  });
});

describe('the files are uploaded instead', () => {
  test('where MicroPython has files already', async () => {
    home.makeBoard('has-files', 'micropython');
    const { result } = await run('has-files');
    expect(result).toMatchObject({ filesInFlash: false, install: { state: 'portal' } });
  });

  test('where it is not known where the build has its files', async () => {
    const firmware = inspectFirmware(esp8266Image(), 'image.bin');
    const { result, steps } = await run('unknown', { firmware });
    expect(result).toMatchObject({ filesInFlash: false, install: { state: 'portal' } });
    expect(steps).toContain('upload');
  });
});

describe('on other boards', () => {
  test('the flash mode is found, and the files are written once', async () => {
    const { result, steps } = await run('modes', { more: '&flash-modes=dio' });
    expect(result).toMatchObject({ filesInFlash: true, flash: { flashMode: 'dio' } });
    expect(steps.filter((step) => step === 'write-files')).toHaveLength(1);
  });

  test.each([
    ['write', 0],
    ['write-files', 0],
    ['write-files', 1],
  ] as const)('interrupted in %s (%i), the same command finishes', async (step, later) => {
    const board = `cut-${step}-${later}`;
    const interrupt = new AbortController();
    let left: number = later;
    const cut = run(board, {
      options: {
        signal: interrupt.signal,
        onProgress: (event) => {
          if (event.event === 'bytes' && event.step === step && left-- === 0)
            interrupt.abort(new Error('cut'));
        },
      },
    });
    await expect(cut).rejects.toThrow('cut');
    const { result } = await run(board);
    expect(result.install).toMatchObject({ state: 'portal', ssid: 'Lamp' });
    // MicroPython writes its boot.py to a new filesystem only, which the cut may have left.
    const written = (name: string) => ({ ...filesOf(name), 'boot.py': undefined });
    expect(written(board)).toEqual(written('esp8266'));
  });
});

test('a program that has no room is refused before anything is changed', async () => {
  const path = home.flashFile('small');
  home.makeBoard('small', 'micropython');
  writeFileSync(path, arduinoImage());
  const large = [{ path: 'large.bin', bytes: seededBytes(2, 400_000) }];
  const more = '&flash=1M';
  await expect(run('small', { more, options: { app: large } })).rejects.toMatchObject({
    code: 'board-no-space',
    message: expect.stringMatching(/large\.bin \(400\.0 KB\).* Nothing on the board was changed\./s),
  });
  expect(readFileSync(path).subarray(0, arduinoImage().length).equals(arduinoImage())).toBe(true);
});
