// Everything that can go wrong with a board while it is flashed.

import { afterAll, describe, expect, test } from 'vitest';
import { board, CliHome } from '../support/cli.js';
import { eventsOf, flashRuns } from '../support/flash-runs.js';
import { arduinoImage, esp32Image, esp8266Image, esp8266ReleaseImage } from '../support/images.js';
import { serveBoard } from '../support/served-board.js';

const home = new CliHome();
afterAll(() => home[Symbol.dispose]());
const { file, flash } = flashRuns(home);

describe.concurrent('what can go wrong with a board', { timeout: 180_000 }, () => {
  const flashed = async (name: string) => {
    expect((await flash(board(name))).exitCode).toBe(0);
    return home.flash(name);
  };

  // Those that wait longest come first, so that the others run meanwhile.

  test('a firmware whose files suppress the prompt is reported, without a change of the flash mode', async () => {
    const run = await flash(board('repl-off', '&preset=repl-off'));
    expect(run.result()).toMatchObject({ exitCode: 6, error: { code: 'firmware-silent' } });
    expect(eventsOf(run, 'contents')).toEqual([{ event: 'contents', contents: 'same' }]);
    expect(eventsOf(run, 'fallback')).toEqual([]);
  });

  test.each([
    ['dio', ['dio'], 'esp8266'],
    ['dout', ['dio', 'dout'], 'esp8266'],
    ['dout', ['dout'], 'esp32'],
  ] as const)(
    'reports the modes that are tried, on a flash that can be read in %s alone: %s on an %s',
    async (modes, tried, chip) => {
      const name = `modes-${modes}-${chip}`;
      const run = await flash(board(name, `&flash-modes=${modes}&chip=${chip}`));
      expect(run.result()).toMatchObject({ ok: true, flashMode: tried.at(-1), version: '1.27.0' });
      expect(eventsOf(run, 'fallback').map(({ value }) => value)).toEqual(tried);
      expect(home.flash(name)[chip === 'esp32' ? 0x1002 : 2]).toBe(modes === 'dio' ? 2 : 3);
      const again = await flash(board(name, `&flash-modes=${modes}&chip=${chip}`));
      expect(again.result()).toMatchObject({ ok: true, skipped: true, flashMode: tried.at(-1) });
    },
  );

  test('MicroPython on a board without reset lines is distinguished from no answer, with what to do', async () => {
    await flashed('unwired');
    const run = await home.call(['flash', '--port', board('unwired', '&lines=none')]);
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain('MicroPython answers on');
    expect(run.stderr).toContain('Next: Hold BOOT (FLASH, GPIO0), press RESET, release BOOT');
  });

  test.each([
    ['says nothing', 'preset=silent', 'loader-silent', 'does not answer'],
    ['is blank and its GPIO0 is not wired', 'lines=en', 'loader-silent', 'GPIO0 stays high'],
    ['is an ESP32 whose GPIO0 is not wired', 'lines=en&chip=esp32', 'loader-silent', 'GPIO0 stays high'],
    ['breaks down at every start', 'supply=failing', 'board-restarts', 'restarts repeatedly'],
    ['is an ESP32 that breaks down', 'supply=failing&chip=esp32', 'board-restarts', 'restarts repeatedly'],
  ])('a board that %s', async (what, options, code, message) => {
    const run = await flash(board(`mute-${what.replaceAll(/\W/g, '-')}`, `&${options}`));
    expect(run.exitCode).toBe(4);
    expect(run.result()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
  });

  test.each(['download', 'stub'])(
    'a board without reset lines that is in its %s mode already is flashed, and started by its stub',
    async (starts) => {
      const run = await flash(board(`held-${starts}`, `&lines=none&starts=${starts}`));
      expect(run.result()).toMatchObject({ ok: true, version: '1.27.0', banner: expect.any(String) });
    },
  );

  test('falls back to 115200 baud for an adapter that cannot keep up, and reports it', async () => {
    const run = await flash(board('slow', '&adapter=230400'));
    expect(run.result()).toMatchObject({ ok: true, baudRate: 115200 });
    expect(eventsOf(run, 'fallback')).toEqual([
      {
        event: 'fallback',
        setting: 'baud',
        value: 115200,
        reason: 'The board does not answer at 460800 baud.',
      },
    ]);
  });

  test.each([
    ['is write-protected', 'flash-fault=protected', 'flash-protected', 'write-protected', []],
    [
      'is worn out',
      'flash-fault=0xa123',
      'flash-mismatch',
      'the first wrong sector is at 0x00a000',
      [115200],
    ],
  ])('a flash that %s is reported with its address', async (_what, fault, code, message, fallbacks) => {
    const run = await flash(board(`fault-${fault.slice(12)}`, `&${fault}`));
    expect(run.exitCode).toBe(6);
    expect(run.result()).toMatchObject({
      error: { code, message: expect.stringContaining(message) },
    });
    expect(eventsOf(run, 'fallback').map(({ value }) => value)).toEqual(fallbacks);
  });

  test('a board that breaks down when the radio starts has a good firmware and a weak supply', async () => {
    const run = await flash(board('weak', '&supply=weak&chip=esp32'));
    expect(run.exitCode).toBe(4);
    expect(run.result()).toMatchObject({
      error: { code: 'board-restarts', message: expect.stringContaining('complete and verified') },
    });
  });

  test.each([
    ['before anything is written', 8000, 'Nothing on the board was changed.'],
    ['while it is written', 30_000, 'The firmware is incomplete'],
  ])('a cable that is unplugged %s: reports the state of the board', async (what, bytes, message) => {
    const name = `pulled-${what.length}`;
    const before = await flashed(name);
    const run = await flash(board(name, `&micropython=1.23&unplug=${bytes}`));
    expect(run.exitCode).toBe(3);
    expect(run.result()).toMatchObject({
      error: {
        code: 'port-lost',
        message: expect.stringContaining(message),
        next: expect.stringContaining('run the same command'),
      },
    });
    if (message.startsWith('Nothing')) expect(home.flash(name).equals(before)).toBe(true);
  });

  test('Ctrl-C while it is written reports the same', async () => {
    const path = file('stopped.bin', esp8266ReleaseImage()); // takes 10 s: it is stopped in the middle
    process.env.ESP_PORTAL_STATE_DIR = home.folder;
    await using served = await serveBoard('virtual:stopped?http=0&dns=0');
    const args = ['flash', '--port', served.url, '--json', '--firmware', path];
    const run = await home.run(args, (line, interrupt) => {
      if (line.startsWith('{"event":"bytes","step":"write"')) interrupt();
    });
    expect(run.exitCode).toBe(130);
    expect(run.result()).toMatchObject({
      error: { code: 'interrupted', message: expect.stringContaining('The firmware is incomplete') },
    });
  });

  test.each([
    ["Arduino's program", arduinoImage(), 'firmware-invalid', 'not MicroPython'],
    ['an image for an ESP32-S3', esp32Image('ESP32-S3'), 'firmware-wrong-chip', 'for an ESP32-S3'],
    ['an image that needs more flash', esp8266Image(1_000_000), 'firmware-too-large', 'needs 1036880 bytes'],
  ])('%s is refused', async (what, image, code, message) => {
    const path = file(`refused-${what.length}.bin`, image);
    const run = await flash(board(`refused-${what.length}`, '&flash=512K'), '--firmware', path);
    expect(run.exitCode).toBe(5);
    expect(run.result()).toMatchObject({ error: { code, message: expect.stringContaining(message) } });
  });

  test('an ESP32 image whose partitions need more than the flash has is refused', async () => {
    const path = file('partitions.bin', esp32Image());
    const run = await flash(board('small-esp32', '&chip=esp32&flash=2M'), '--firmware', path);
    expect(run.result()).toMatchObject({ exitCode: 5, error: { code: 'firmware-too-large' } });
  });
});
