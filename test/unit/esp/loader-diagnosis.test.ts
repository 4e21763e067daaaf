import { expect, test } from 'vitest';
import { diagnoseLoader } from '../../../src/esp/loader-diagnosis.js';
import { FakePort } from '../../support/fake-port.js';
import { FloodingPort } from '../../support/flooding-port.js';

test.each([
  ['a board that sends nothing', '', 'no ROM loader answers.'],
  ['a running MicroPython', '\r\n>>> ', 'MicroPython answers instead of the ROM loader.'],
])('a port without reset lines: %s was never reset', async (_what, answer, message) => {
  const port = new FakePort((_bytes, board) => board.send(answer));
  port.hasLines = false;
  const error = await diagnoseLoader(port, false, undefined);
  expect(error).toMatchObject({
    code: 'loader-silent',
    message: `fake has no reset lines, so the board was never reset, and ${message}`,
    next: expect.stringContaining('rfc2217://'),
  });
  expect(port.lines).toEqual([]);
});

test('a wired board that sends nothing is reset before it is reported', async () => {
  const port = new FakePort();
  expect(await diagnoseLoader(port, false, undefined)).toMatchObject({
    code: 'loader-silent',
    message: 'The board on fake does not answer: its ROM loader sends nothing.',
  });
  expect(port.lines).not.toEqual([]);
});

test('keeps a limited part of what a board sends without end', async () => {
  const port = new FloodingPort();
  expect(await diagnoseLoader(port, true, undefined)).toMatchObject({
    code: 'loader-silent',
    message: 'The board on fake sends data, but does not enter its ROM loader.',
  });
  expect(port.sentBytes).toBeLessThan(2 * 1024 * 1024);
});
