import { expect, test } from 'vitest';
import { CLASSIC, RUN, runResetSequence, TIGHT } from '../../../src/esp/resets.js';
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

test('an interrupted sequence lets both lines go', async () => {
  const port = new FakePort();
  const abort = new AbortController();
  const playing = runResetSequence(port, CLASSIC, abort.signal);
  abort.abort(new Error('enough'));
  await expect(playing).rejects.toThrow('enough');
  expect(port.lines.at(-1)).toEqual({ dtr: false, rts: false });
});
