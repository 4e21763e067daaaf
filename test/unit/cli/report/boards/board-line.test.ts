import { expect, test } from 'vitest';
import { BoardLine, clockTime, shortLabel } from '../../../../../src/cli/report/boards/board-line.js';

const CHIP = {
  event: 'chip',
  ...{ chip: 'ESP8266EX', revision: undefined, mac: '5c:cf:7f:00:00:01', crystalMHz: 26, flashSizeBytes: 4 },
} as const;
const HALF = {
  event: 'bytes',
  step: 'write',
  ...{ doneBytes: 50, totalBytes: 100, bytesPerSecond: 1, secondsLeft: 1 },
} as const;

function writing(label: string): BoardLine {
  const line = new BoardLine(label, (mac) => (mac === CHIP.mac ? 'bench-3' : undefined));
  line.start(1000);
  line.show(CHIP);
  line.step('Write the firmware');
  line.show(HALF);
  return line;
}

function textOf(line: BoardLine, columns: number, nowMs = 66_000): string {
  const pieces = line.pieces(nowMs, { columns, labelColumns: 8 });
  return pieces.map(({ text }) => text).join('');
}

test('shows the name of a board that only its loader identifies', () => {
  expect(textOf(writing('/dev/a'), 100)).toBe(
    '▸ /dev/a    5c:cf:7f:00:00:01 bench-3  1:05  Write the firmware  ██████░░░░░░  50 %',
  );
  expect(writing('bench-3').identity).toBe(CHIP.mac); // that is its label already
});

test('the bar gives way to the MAC address, which gives way to the step', () => {
  expect(textOf(writing('/dev/a'), 80)).toBe(
    '▸ /dev/a    5c:cf:7f:00:00:01 bench-3  1:05  Write the firmware  50 %',
  );
  expect(textOf(writing('/dev/a'), 60)).toBe('▸ /dev/a    1:05  Write the firmware  50 %');
});

test('shows what a board does: it waits, begins, writes, verifies', () => {
  const line = new BoardLine('/dev/a', () => 'bench-3');
  expect(textOf(line, 80)).toBe(`· /dev/a  ${' '.repeat(27)}waiting`);
  line.start(1000);
  expect(textOf(line, 60)).toBe('▸ /dev/a    1:05  ');
  line.subject = 'row 7: ';
  line.step('Write');
  line.show({ ...HALF, doneBytes: 0, totalBytes: 0 }); // an empty file
  expect(textOf(line, 60)).toBe('▸ /dev/a    1:05  row 7: Write');
  line.show(HALF);
  expect(textOf(line, 50)).toBe('▸ /dev/a    1:05  Write  50 %');
  line.step('Verify');
  expect(textOf(line, 60)).toBe('▸ /dev/a    1:05  row 7: Verify');
});

test.each([
  ['done', '✔', 'green'],
  ['failed', '✖', 'red'],
  ['not started', '·', 'yellow'],
] as const)('shows the result %s in words, with the time that it took', (state, symbol, style) => {
  const line = writing('/dev/a');
  line.subject = 'row 7: ';
  line.end(state, `${state}: port-lost`, 7.4);
  expect(line.pieces(999_000, { columns: 60, labelColumns: 8 })).toEqual([
    { text: `${symbol} `, style },
    { text: '/dev/a    0:07  ' },
    { text: `${state}: port-lost`, style },
  ]);
});

test('no text of a board or a port steers the terminal', () => {
  const line = writing('a\u001b[2J');
  line.step('b\u0007');
  expect(textOf(line, 60)).toContain('a\\x1b[2J');
  expect(textOf(line, 60)).toContain('b\\x07');
});

test('a long label keeps both ends', () => {
  expect(shortLabel('/dev/serial/by-id/usb-Silicon_Labs_CP2102_0001-if00-port0', 30)).toBe(
    'usb-Silicon_La…0001-if00-port0',
  );
  expect(shortLabel('/dev/ttyUSB0', 8)).toBe('ttyUSB0');
  expect([0, 59.6, 3725].map(clockTime)).toEqual(['0:00', '1:00', '62:05']);
});
