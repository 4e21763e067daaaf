// The lines of the factory on terminals of several widths.

import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Host } from '../../../../../src/cli/host.js';
import { TextFactoryView } from '../../../../../src/cli/report/factory/text-view.js';
import type { FactoryEvent } from '../../../../../src/operations/factory/factory-events.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const FAR = 'rfc2217://pi-1.local:3001';
const FIXTURE = 'virtual:fixture?speed=max&http=0&dns=0';
const OF_ROW = { mac: '5c:cf:7f:00:00:01', row: 1, serial: 'L-0001' };

/** @returns the frame that is on the screen after the events */
function frameAfter(columns: number, events: readonly FactoryEvent[]): string[] {
  const writes: string[] = [];
  const stream = {
    isTTY: true,
    columns,
    rows: 24,
    write: (text: string) => writes.push(text),
    on() {},
    off() {},
  };
  const terminal = stream as unknown as Host['stdout'] & Host['stderr'];
  const view = new TextFactoryView({
    ...{ stdout: terminal, stderr: terminal, env: {}, quiet: false, boards: 5, network: false },
    ports: [FIXTURE, FAR],
    labelOf: (address) => (address === FAR ? address : 'bench-1'),
  });
  for (const event of events) view.show(event);
  vi.advanceTimersByTime(200);
  const frame = writes.findLast((text) => text.startsWith('\r') && text.includes('planned')) ?? '';
  view.finish();
  return stripVTControlCharacters(frame).trim().split('\n');
}

const WRITING: readonly FactoryEvent[] = [FIXTURE, FAR].flatMap(
  (board) =>
    [
      { event: 'factory.found', board },
      { event: 'factory.row', board, ...OF_ROW, state: 'new' },
      { event: 'step', board, step: 'write' },
      {
        ...{ event: 'bytes', board, step: 'write', doneBytes: 50, totalBytes: 100 },
        ...{ bytesPerSecond: 1000, secondsLeft: 1 },
      },
    ] as const,
);
const MADE: readonly FactoryEvent[] = [
  ...WRITING,
  { event: 'factory.done', board: FAR, ...OF_ROW, result: 'made', seconds: 5, label: undefined },
];

test.each([
  [40, '▸ bench-1     0:00  Write the fir  50 %', '✔ pi-1…:3001  0:00  MADE L-0001. Take i'],
  [
    60,
    '▸ bench-1          0:00  row 1, L-0001: Write the fir  50 %',
    '✔ pi-1.local:3001  0:00  MADE L-0001. Take it out.',
  ],
  [
    80,
    '▸ bench-1          5c:cf:7f:00:00:01  0:00  row 1, L-0001: Write the firm  50 %',
    '✔ pi-1.local:3001  5c:cf:7f:00:00:01  0:00  MADE L-0001. Take it out.',
  ],
])('%i columns have the step and the result', (columns, writing, made) => {
  const [first, second] = frameAfter(columns, MADE);
  expect([first, second]).toEqual([writing, made]);
});
