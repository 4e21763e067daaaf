import { expect, test } from 'vitest';
import { Ledger } from '../../../../../src/operations/factory/record/ledger.js';
import { headerLine, type MadeLine } from '../../../../../src/operations/factory/record/record-lines.js';
import { recordAsCsv, summarise } from '../../../../../src/operations/factory/record/summary.js';

const macOf = (board: number) => `00:00:00:00:00:0${board}`;
const base = (board: number, minute: number) => ({
  time: `2026-01-01T00:0${minute}:00.000Z`,
  mac: macOf(board),
  row: board,
  serial: `=L-${board}`,
});

function made(board: number, minute: number, essid: string): MadeLine {
  const firmware = { version: '1.27.0', sha256: 'ab' };
  const facts = { chip: 'ESP32', firmware, files: 'cd', test: 'none', seconds: 20, tool: 'esp-portal 1.2.3' };
  return { event: 'made', ...base(board, minute), ...facts, essid };
}

function ledgerOf(...lines: object[]): Promise<Ledger> {
  const text = headerLine('esp-portal 1.2.3') + lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const refuse = () => Promise.reject(new Error('only read'));
  return Ledger.read({ read: async () => Buffer.from(text), append: refuse, truncate: refuse }, 'made.jsonl');
}

const record = () =>
  ledgerOf(
    ...[1, 2, 3, 4].map((board) => ({ event: 'started', ...base(board, 0) })),
    made(1, 1, 'Lamp, "1"'),
    made(2, 3, 'Lamp 2'),
    { event: 'failed', ...base(3, 4), code: 'board-error', message: '@a\n"b"', attempts: 3, seconds: 9 },
  );

test('counts what is made, failed, unfinished and left, and the time from one board to the next', async () => {
  expect(summarise(await record(), 10)).toEqual({
    made: 2,
    failed: [{ mac: macOf(3), serial: '=L-3', row: 3, code: 'board-error', message: '@a\n"b"' }],
    unfinished: [{ mac: macOf(4), serial: '=L-4', row: 4 }],
    left: 6,
    minutesPerBoard: 2,
  });
  expect(summarise(await ledgerOf(), undefined)).toMatchObject({
    made: 0,
    left: undefined,
    minutesPerBoard: undefined,
  });
});

test('exports CSV without formulas, and without a column for passwords that the record does not have', async () => {
  const lines = (await recordAsCsv(await record())).split('\r\n');
  expect(lines).toEqual([
    'serial,row,mac,state,time,chip,firmware,firmware_sha256,files_sha256,test,seconds,tool,essid,code,message',
    `"'=L-1",1,${macOf(1)},made,2026-01-01T00:01:00.000Z,ESP32,1.27.0,ab,cd,none,20,esp-portal 1.2.3,"Lamp, ""1""",,`,
    `"'=L-2",2,${macOf(2)},made,2026-01-01T00:03:00.000Z,ESP32,1.27.0,ab,cd,none,20,esp-portal 1.2.3,Lamp 2,,`,
    `"'=L-3",3,${macOf(3)},failed,2026-01-01T00:04:00.000Z,,,,,,,,,board-error,"'@a\n""b"""`,
    `"'=L-4",4,${macOf(4)},unfinished,2026-01-01T00:00:00.000Z,,,,,,,,,,`,
    '',
  ]);
  expect((await recordAsCsv(await ledgerOf())).split('\r\n')).toEqual([
    expect.stringMatching(/^serial,/),
    '',
  ]);
});
