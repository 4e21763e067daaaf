import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askFor, choosePort } from '../../../../src/cli/terminal/choose-port.js';
import { boardsAmong, recognise } from '../../../../src/port/discovery/discovery.js';

const BOARDS = boardsAmong(
  recognise([
    { path: '/dev/ttyUSB0', vendorId: '1a86', productId: '7523', serialNumber: undefined },
    { path: '/dev/ttyUSB1', vendorId: '10c4', productId: 'ea60', serialNumber: '0001' },
  ]),
);

function terminal(typed: string) {
  const input = new PassThrough();
  const output = new PassThrough({ encoding: 'utf8' });
  input.end(typed);
  return { input, output };
}

test('several boards are listed, and the user chooses one by its number; another answer repeats the question', async () => {
  const streams = terminal('x\n3\n2\n');
  const board = await askFor(BOARDS, streams, new AbortController().signal);
  expect(board.path).toBe('/dev/ttyUSB1');
  const shown: string = streams.output.read();
  expect(shown).toContain('2  /dev/ttyUSB1  CP210x, serial number 0001');
  expect(shown.match(/Which board\? \[1-2\]/g)).toHaveLength(3);
});

test('an input that ends without an answer is an error that lists the boards', async () => {
  const asked = askFor(BOARDS, terminal(''), new AbortController().signal);
  await expect(asked).rejects.toMatchObject({ code: 'port-ambiguous' });
});

test('Ctrl-C ends the question', async () => {
  const interrupt = new AbortController();
  const asked = askFor(BOARDS, { input: new PassThrough(), output: new PassThrough() }, interrupt.signal);
  interrupt.abort(new Error('interrupted'));
  await expect(asked).rejects.toThrow('interrupted');
});

test('Ctrl-C while the ports are listed is reported as that, not as a missing board', async () => {
  const choice = choosePort(undefined, AbortSignal.abort(new Error('interrupted')));
  await expect(choice).rejects.toThrow('interrupted');
});
