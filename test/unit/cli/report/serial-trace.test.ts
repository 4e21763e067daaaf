import { expect, test } from 'vitest';
import { Exchange } from '../../../../src/cli/report/serial-trace.js';

const keep = (line: string) => line;
const text = (value: string) => Buffer.from(value, 'latin1');

test('lines are put together from pieces, with their direction; what is no text is escaped', () => {
  const exchange = new Exchange();
  exchange.record('sent', text('\x03'));
  exchange.record('received', text('Traceback\r\nKeyboard'));
  exchange.record('received', text('Interrupt: \r\n>>> \x1b[2J\xff'));
  expect(exchange.lines(keep)).toEqual([
    '> \\x03',
    '< Traceback',
    '< KeyboardInterrupt: ',
    '< >>> \\x1b[2J\\xff',
  ]);
});

test('a gigabyte of traffic leaves the last few lines', () => {
  const exchange = new Exchange();
  const block = new Uint8Array(1024 * 1024).fill(0x41);
  for (let round = 0; round < 1024; round++) exchange.record('received', block);
  exchange.record('sent', text('last'));
  const lines = exchange.lines(keep);
  expect(lines.at(-1)).toBe('> last');
  expect(lines.join('').length).toBeLessThan(5000);
});

test('secrets of the log are masked, and so are files that travel as hex digits', () => {
  const exchange = new Exchange();
  exchange.record(
    'received',
    text(`${Buffer.from('Home,secret123').toString('hex')}\r\npassword secret\r\n`),
  );
  const lines = exchange.lines((line) => line.replace('secret', '***'));
  expect(lines).toEqual(['< <28 hex digits>', '< password ***']);
});

test('a password that the board prints is masked though we wrote in the midst of it', () => {
  const exchange = new Exchange();
  exchange.record('received', text("Trying to connect to SSID 'Home' with password hunter"));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text('2hunter2\r\nnext\r\n'));
  const lines = exchange.lines(keep).join('\n');
  expect(lines).not.toContain('hunter');
  expect(lines).toContain('with password ');
  expect(lines).toContain('***');
  expect(lines).toContain('< next');
});

test('a line whose beginning is forgotten is left out: it may have told of a password', () => {
  const exchange = new Exchange();
  exchange.record('received', text('x'.repeat(3000)));
  exchange.record('received', text(`to SSID 'Home' with password ${'hunter2'.repeat(20)}`));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text(`hunter2\r\n${'y\n'.repeat(1950)}`));
  const lines = exchange.lines(keep);
  expect(lines.join('\n')).not.toContain('hunter2');
  expect(lines.at(-1)).toBe('< y');
});
