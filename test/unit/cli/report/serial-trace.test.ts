import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Exchange } from '../../../../src/cli/report/serial-trace.js';
import { Redactor } from '../../../../src/log/redaction/redactor.js';

const forms = new Redactor();
const text = (value: string) => Buffer.from(value, 'latin1');

test('lines are put together from pieces, with their direction; what is no text is escaped', () => {
  const exchange = new Exchange();
  exchange.record('sent', text('\x03'));
  exchange.record('received', text('Traceback\r\nKeyboard'));
  exchange.record('received', text('Interrupt: \r\n>>> \x1b[2J\xff'));
  expect(exchange.lines(forms)).toEqual([
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
  const lines = exchange.lines(forms);
  expect(lines.at(-1)).toBe('> <4 bytes>');
  expect(lines.join('').length).toBeLessThan(5000);
});

test('secrets of the log are masked, and so are files that are sent as hex digits', () => {
  const exchange = new Exchange();
  exchange.record(
    'received',
    text(`${Buffer.from('Home,secret123').toString('hex')}\r\npassword secret\r\n`),
  );
  const lines = exchange.lines(new Redactor(['secret']));
  expect(lines).toEqual(['< <hex digits>', '< password ***']);
});

test('a password that the board prints is masked even if data was sent in between', () => {
  const exchange = new Exchange();
  exchange.record('received', text("Trying to connect to SSID 'Home' with password hunter"));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text('2hunter2\r\nnext\r\n'));
  const lines = exchange.lines(forms).join('\n');
  expect(lines).not.toContain('hunter');
  expect(lines).toContain('with password ');
  expect(lines).toContain('***');
  expect(lines).toContain('< next');
});

test('a line without its beginning is dropped: it may contain a password', () => {
  const exchange = new Exchange();
  exchange.record('received', text('x'.repeat(3000)));
  exchange.record('received', text(`to SSID 'Home' with password ${'hunter2'.repeat(20)}`));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text(`hunter2\r\n${'y\n'.repeat(1950)}`));
  const lines = exchange.lines(forms);
  expect(lines.join('\n')).not.toContain('hunter2');
  expect(lines.at(-1)).toBe('< y');
});

test('of what was sent only the size is shown: it may be a file with a password, in pieces or compressed', () => {
  const exchange = new Exchange();
  const file = deflateRawSync(Buffer.from("PORTAL = {'password': 'hunter2hunter2'}\n"));
  exchange.record('sent', text('\x01'));
  exchange.record('received', text('raw REPL; CTRL-B to exit\r\n>'));
  exchange.record('sent', file.subarray(0, 20));
  exchange.record('received', text('\x81'));
  exchange.record('sent', file.subarray(20));
  exchange.record('sent', text('Home,hunter2hunter2\n'));
  const rest = file.length - 20;
  expect(exchange.lines(forms)).toEqual([
    '> \\x01',
    '< raw REPL; CTRL-B to exit',
    `> <20 bytes><${rest} bytes><20 bytes>`,
    '< >\\x81',
  ]);
});

test('what the ROM loader reads from the flash is not shown', () => {
  const exchange = new Exchange();
  exchange.record('sent', text('\xc0\0\xd2\x10\0\xc0'));
  exchange.record('received', text('\xc0Home,hunter2hunter2\nmore\n\xc0'));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text('>>> \r\n'));
  expect(exchange.lines(forms)).toEqual(['> <6 bytes>', '< <27 bytes>', '> \\x03', '< >>> ']);
});

test('hex digits of a file are hidden even if data was sent in between or the rest is missing', () => {
  const digits = Buffer.from('Home,hunter2hunter2').toString('hex');
  const exchange = new Exchange();
  exchange.record('received', text(`OK${digits.slice(0, 14)}`));
  exchange.record('sent', text('\x03'));
  exchange.record('received', text(`${digits.slice(14)}\r\nOK${digits.slice(0, 14)}`));
  expect(exchange.lines(forms)).toEqual(['> \\x03', '< OK<hex digits>', '< OK<hex digits>']);
});
