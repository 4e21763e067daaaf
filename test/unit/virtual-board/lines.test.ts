// The control lines as programs move them: by opening, by closing, by the sequences that flashers play.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { CLASSIC, CLASSIC_SLOW, RUN, runResetSequence, TIGHT } from '../../../src/esp/resets.js';
import type { ControlLines, Port } from '../../../src/port/port.js';
import { openStreamPort } from '../../../src/port/stream-port.js';
import { virtualBinding } from '../../../src/virtual-board/binding.js';
import { generateFirmware } from '../../../src/virtual-board/chips/esp8266-image.js';
import { type FakeFirmware, fakeFirmware } from '../../support/fake-firmware.js';
import {
  closeStream,
  flashPath,
  openStream,
  readUntil,
  setLines,
  temporaryFolder,
} from '../../support/virtual-port.js';

const SENTINEL = '>>> ';

/** A state folder with a board that holds MicroPython. */
function flashed(): string {
  const stateRoot = temporaryFolder();
  mkdirSync(join(stateRoot, 'virtual', 'test'), { recursive: true });
  writeFileSync(flashPath(stateRoot), generateFirmware({ version: '1.27.0', date: '2025-12-09' }));
  return stateRoot;
}

describe('opening and closing', () => {
  it('gives power once and resets nothing, whatever is done to the lines together', async () => {
    const firmware = fakeFirmware();
    const stateRoot = flashed();
    const stream = await openStream({ stateRoot, firmware });
    await readUntil(stream, SENTINEL);
    for (const asserted of [false, true, false]) await setLines(stream, asserted, asserted);
    const echo = readUntil(stream, 'still there');
    stream.write('still there');
    await echo;
    await closeStream(stream);
    expect(firmware.starts.map(({ resetCause }) => resetCause)).toEqual([0]);
    expect(firmware.stops).toBe(1);
  });

  it.each([true, false])(
    'ends the board by closing it with hupcl %s, and starts nothing on the way',
    async (hupcl) => {
      const firmware = fakeFirmware();
      const stream = await openStream({ stateRoot: flashed(), firmware, hupcl });
      await readUntil(stream, SENTINEL);
      await setLines(stream, true, false); // GPIO0 low, as after a sequence that was interrupted
      await closeStream(stream);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(firmware.starts).toHaveLength(1);
      expect(firmware.stops).toBe(1);
    },
  );

  it('finds the board off after it was closed while held in reset', async () => {
    const firmware = fakeFirmware();
    const stateRoot = flashed();
    const stream = await openStream({ stateRoot, firmware, hupcl: true });
    await readUntil(stream, SENTINEL);
    await setLines(stream, false, true);
    await closeStream(stream); // hupcl lets EN rise, and the power goes
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(firmware.starts).toHaveLength(1);
    await readUntil(await openStream({ stateRoot, firmware }), SENTINEL);
    expect(firmware.starts.map(({ resetCause }) => resetCause)).toEqual([0, 0]);
  });
});

/** How a driver changes two lines: at once, or one after the other. */
const DRIVERS: [string, (from: ControlLines, to: ControlLines) => ControlLines[]][] = [
  ['both at once (POSIX)', (_, to) => [to]],
  ['RTS first (Windows)', (from, to) => [{ dtr: from.dtr, rts: to.rts }, to]],
  ['DTR first', (from, to) => [{ dtr: to.dtr, rts: from.rts }, to]],
];

describe.each(DRIVERS)('with a driver that changes %s', (_, steps) => {
  /** A port to a board that runs, and everything that its ROM says from now on. */
  async function running(): Promise<{ port: Port; firmware: FakeFirmware; said: () => Promise<string> }> {
    const firmware = fakeFirmware();
    const port = await openStreamPort({
      name: 'virtual:test',
      path: 'virtual:test',
      baudRate: 74880,
      onNotice: () => {},
      binding: virtualBinding({
        board: {
          name: 'test',
          chip: 'esp8266',
          flashSizeBytes: 4 * 1024 * 1024,
          speed: 'max',
          security: 'error',
          preset: undefined,
          unplugAfterBytes: undefined,
        },
        stateRoot: flashed(),
        firmware,
      }),
    });
    onTestFinished(() => port[Symbol.asyncDispose]());
    let lines: ControlLines = { dtr: false, rts: false };
    const setBoth = port.setLines.bind(port);
    port.setLines = async (to) => {
      for (const step of steps(lines, to)) await setBoth(step);
      lines = to;
    };
    /** Twice nothing: a computer that stands still makes one read end before what has come. */
    const said = async (): Promise<string> => {
      let text = '';
      for (let silences = 0; silences < 2; ) {
        const bytes = await port.read({ timeoutMs: 50 });
        silences = bytes ? 0 : silences + 1;
        text += Buffer.from(bytes ?? []).toString('latin1');
      }
      return text;
    };
    await said(); // at power-on
    return { port, firmware, said };
  }

  it.each([
    ['the classic sequence', CLASSIC],
    ['the slow classic sequence', CLASSIC_SLOW],
    ['the tight sequence', TIGHT],
  ])('%s ends in the ROM loader', async (_name, sequence) => {
    const { port, said } = await running();
    await runResetSequence(port, sequence);
    expect((await said()).match(/boot mode:\(\d,\d\)/g)?.at(-1)).toBe('boot mode:(1,6)');
  });

  it('the run sequence ends in the firmware, also from the loader', async () => {
    const { port, firmware, said } = await running();
    await runResetSequence(port, TIGHT);
    await said();
    await runResetSequence(port, RUN);
    expect((await said()).match(/boot mode:\(\d,\d\)/g)).toEqual(['boot mode:(3,6)']);
    expect(firmware.starts.at(-1)).toMatchObject({ resetCause: 6 });
  });
});
