import { expect, test } from 'vitest';
import {
  CLASSIC,
  MICROPYTHON_USB,
  playSteps,
  RUN,
  releaseStep,
  runResetSequence,
  TIGHT,
  USB_SERIAL_JTAG,
} from '../../../src/esp/resets.js';
import { restLines } from '../../../src/port/port.js';
import { FakePort } from '../../support/fake-port.js';

/** The two-transistor circuit on a development board: a line that is pulled is low. */
function circuit({ dtr, rts }: { dtr: boolean; rts: boolean }) {
  return { inReset: rts && !dtr, gpio0Low: dtr && !rts };
}

/** What GPIO0 is when the chip leaves its reset. */
async function gpio0AtStart(sequence: typeof RUN): Promise<boolean[]> {
  const port = new FakePort();
  await runResetSequence(port, sequence);
  const states = port.lines.map(circuit);
  return states.flatMap((state, index) =>
    states[index - 1]?.inReset && !state.inReset ? [state.gpio0Low] : [],
  );
}

test('both bootloader sequences let the chip start once, with GPIO0 low', async () => {
  expect(await gpio0AtStart(CLASSIC)).toEqual([true]);
  expect(await gpio0AtStart(TIGHT)).toEqual([true]);
});

test('the run sequence lets the chip start once, with GPIO0 high', async () => {
  expect(await gpio0AtStart(RUN)).toEqual([false]);
});

/** What the lines mean to USB-Serial/JTAG, by the table in Espressif's technical references. */
async function jtagStarts(sequence: typeof RUN): Promise<string[]> {
  const port = new FakePort();
  await runResetSequence(port, sequence);
  const starts: string[] = [];
  let wantsLoader = false;
  let before = { dtr: false, rts: false };
  for (const lines of port.lines) {
    if (!lines.rts) wantsLoader = lines.dtr;
    const isReset = lines.rts && !lines.dtr;
    if (isReset && !(before.rts && !before.dtr)) starts.push(wantsLoader ? 'loader' : 'flash');
    before = lines;
  }
  return starts;
}

test('USB-Serial/JTAG resets once, into the loader or into the flash', async () => {
  expect(await jtagStarts(USB_SERIAL_JTAG)).toEqual(['loader']);
  expect(await jtagStarts(RUN)).toEqual(['flash']);
});

test("the sequence for MicroPython's own USB port ends with DTR on, without which it drops its output", () => {
  expect(MICROPYTHON_USB.map(({ dtr, rts }) => [dtr, rts])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('the first step of a restart leaves the lines of that port alone: DTR after RTS would call machine.bootloader()', async () => {
  const port = new FakePort();
  port.usb = { kind: 'usb-cdc', mac: undefined };
  const [inReset, ...running] = RUN;
  if (inReset) await playSteps(port, [inReset]);
  await runResetSequence(port, running);
  expect(port.lines.map(({ dtr, rts }) => [dtr, rts])).toEqual([
    [false, true],
    [false, false],
    [true, false],
  ]);
});

test.each([
  ['a bridge', undefined, 0, [false, false]],
  ['USB-Serial/JTAG', 'usb-serial-jtag', 0, [false, false]],
  ["MicroPython's own port", 'usb-cdc', 0, [true, false]],
  ['a port behind a network, which may be any of them', undefined, 1.5, [true, true]],
] as const)('%s rests with its own lines', (_what, kind, roundTripMs, expected) => {
  const { dtr, rts } = restLines({ usb: kind && { kind, mac: undefined }, roundTripMs });
  expect([dtr, rts]).toEqual(expected);
});

test('an interrupted sequence on that port leaves DTR on', async () => {
  const port = new FakePort();
  port.usb = { kind: 'usb-cdc', mac: undefined };
  const abort = new AbortController();
  const playing = runResetSequence(port, MICROPYTHON_USB, abort.signal);
  abort.abort(new Error('enough'));
  await expect(playing).rejects.toThrow('enough');
  expect(port.lines.at(-1)).toEqual({ dtr: true, rts: false });
});

test.each([
  ['CLASSIC', CLASSIC, 1],
  ['TIGHT', TIGHT, 3],
  ['USB_SERIAL_JTAG', USB_SERIAL_JTAG, 5],
  ['MICROPYTHON_USB', MICROPYTHON_USB, 1],
  ['none', [], 0],
])('%s releases the chip with a known step', (_name, sequence, step) => {
  expect(releaseStep(sequence)).toBe(step);
});

test('an interrupted sequence releases both lines', async () => {
  const port = new FakePort();
  const abort = new AbortController();
  const playing = runResetSequence(port, CLASSIC, abort.signal);
  abort.abort(new Error('enough'));
  await expect(playing).rejects.toThrow('enough');
  expect(port.lines.at(-1)).toEqual({ dtr: false, rts: false });
});
