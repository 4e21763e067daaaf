// The screen is read by a terminal's own code.
import { PassThrough } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveLines, type Piece } from '../../../../src/cli/terminal/live-lines.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A terminal, and lines on it that a test can change. */
function onTerminal(columns: number, rows: number, lines: string[]) {
  const terminal = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const writes: string[] = [];
  const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
  stream.write = (text: string) => {
    writes.push(text);
    terminal.write(text);
    return true;
  };
  const asPieces = (): Piece[][] => lines.map((text) => [{ text }]);
  const live = new LiveLines(stream as unknown as NodeJS.WriteStream, asPieces);
  const screen = async () => {
    await new Promise<void>((resolve) => terminal.write('', resolve));
    const { active } = terminal.buffer;
    const shown = Array.from(
      { length: active.length },
      (_, row) => active.getLine(row)?.translateToString(true) ?? '',
    );
    while (shown.at(-1) === '') shown.pop();
    return shown;
  };
  const resize = (to: number) => {
    terminal.resize(to, rows);
    stream.columns = to;
    stream.emit('resize');
  };
  return { live, lines, writes, screen, resize, print: (text: string) => terminal.write(text) };
}

test('redraws in place, each frame by one write, and only what is new', async () => {
  const { live, lines, writes, screen } = onTerminal(40, 10, ['one 1 %', 'two']);
  live.start();
  lines[0] = 'one 99 %';
  live.update();
  vi.advanceTimersByTime(100);
  expect(await screen()).toEqual(['one 99 %', 'two']);
  expect(writes).toHaveLength(2);
  live.update();
  vi.advanceTimersByTime(5000);
  expect(writes).toHaveLength(2);
});

test('cuts lines to the width, wide characters too', async () => {
  const { live, screen } = onTerminal(20, 10, [
    '0123456789012345678901234567890',
    '日本語日本語日本語日本語日本語',
  ]);
  live.start();
  expect(await screen()).toEqual(['0123456789012345678', '日本語日本語日本語']);
});

test('other text goes above, and leaves nothing of the lines', async () => {
  const { live, print, screen } = onTerminal(40, 10, ['a board', 'another']);
  live.start();
  live.around(() => print('a message\n'));
  expect(await screen()).toEqual(['a message', 'a board', 'another']);
  live.stop();
  print('the table\n');
  expect(await screen()).toEqual(['a message', 'the table']);
});

test('a terminal that becomes narrower keeps no remains', async () => {
  const { live, screen, resize } = onTerminal(60, 12, ['x'.repeat(50), 'y'.repeat(50)]);
  live.start();
  resize(30);
  expect(await screen()).toEqual(['x'.repeat(29), 'y'.repeat(29)]);
});

test('never draws more lines than the terminal has rows', async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `board ${index}`);
  const { live, screen } = onTerminal(40, 6, lines);
  live.start();
  live.update();
  vi.advanceTimersByTime(2000);
  expect(await screen()).toHaveLength(5);
});
