// The record under kills: whatever the moment, no row is used twice, no board is made twice, none is lost count of.

import { describe, expect, test } from 'vitest';
import { Ledger, type RecordStorage } from '../../../../../src/operations/factory/record/ledger.js';
import type { MadeLine } from '../../../../../src/operations/factory/record/record-lines.js';
import { seededRandom } from '../../../../support/random.js';

const TOOL = 'esp-portal 1.2.3';
const TIME = '2026-01-01T00:00:00.000Z';

class Killed extends Error {}

/** A disk on which the process is killed, or the power fails, after so many bytes. */
class Disk implements RecordStorage {
  bytes = Buffer.alloc(0);
  leftBytes = Number.POSITIVE_INFINITY;
  isDead = false;

  async read(): Promise<Buffer> {
    return this.bytes;
  }

  async append(bytes: Uint8Array): Promise<void> {
    await Promise.resolve();
    if (this.isDead) throw new Killed();
    const stored = bytes.slice(0, this.leftBytes);
    this.bytes = Buffer.concat([this.bytes, stored]);
    this.leftBytes -= stored.length;
    if (this.leftBytes > 0) return;
    this.isDead = true;
    throw new Killed();
  }

  async truncate(sizeBytes: number): Promise<void> {
    if (this.isDead) throw new Killed();
    this.bytes = this.bytes.subarray(0, sizeBytes);
  }

  get lines(): Record<string, unknown>[] {
    return this.bytes
      .toString()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

const macOf = (board: number) => `00:00:00:00:00:${board.toString(16).padStart(2, '0')}`;
const rowAt = (rows: number) => (number: number) =>
  number <= rows ? { number, serial: `L-${number}` } : undefined;

function madeLine(mac: string, row: number, event: MadeLine['event'] = 'made'): MadeLine {
  const firmware = { version: '1.27.0', sha256: 'ab' };
  const facts = { chip: 'ESP8266EX', firmware, files: 'cd', test: 'none', seconds: 20, tool: TOOL };
  return { event, time: TIME, mac, row, serial: `L-${row}`, ...facts };
}

const open = (disk: RecordStorage, onRepair?: (message: string) => void) =>
  Ledger.open(disk, { name: 'made.jsonl', tool: TOOL, onRepair });

/** Only the kill may end a run. */
function refuseOthers(error: { cause?: unknown }): undefined {
  if (!(error instanceof Killed || error.cause instanceof Killed)) throw error;
}

/** What a board does to its flash is seen here, whatever the record says. */
interface RealBoard {
  readonly mac: string;
  /** The rows whose data was written to it. */
  readonly rows: Set<number>;
  /** How often it was reported as done. */
  done: number;
}

/** One board: its row, then its flash, then its record. */
async function make(ledger: Ledger, board: RealBoard, rows: number, dies: () => void): Promise<void> {
  const known = ledger.board(board.mac);
  if (known?.made) board.done ||= 1; // killed after its line was written, before that was reported
  if (known?.made) return;
  const started = known?.started ?? (await ledger.start(board.mac, rowAt(rows), { time: TIME }));
  if (!started) return;
  dies();
  board.rows.add(started.row);
  await Promise.resolve();
  dies();
  await ledger.add(madeLine(board.mac, started.row));
  board.done++;
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'killed at random moments, with seed %i',
  async (seed) => {
    const random = seededRandom(seed);
    const disk = new Disk();
    const boards: RealBoard[] = Array.from({ length: 6 }, (_, index) => ({
      mac: macOf(index),
      rows: new Set(),
      done: 0,
    }));
    for (let run = 0; run < 40 && boards.some(({ done }) => done === 0); run++) {
      disk.isDead = false;
      disk.leftBytes = 1 + random(900);
      const killAt = random(30);
      let steps = 0;
      const dies = () => {
        disk.isDead ||= steps++ === killAt;
        if (disk.isDead) throw new Killed();
      };
      const order = boards.toSorted(() => random(3) - 1);
      const ledger = await open(disk).catch(refuseOthers);
      const ends = order.map((board) => ledger && make(ledger, board, 8, dies).catch(refuseOthers));
      await Promise.all(ends);
    }
    expect(boards.map(({ done, rows }) => [done, rows.size])).toEqual(boards.map(() => [1, 1]));
    const rows = boards.flatMap((board) => [...board.rows]);
    expect(new Set(rows).size).toBe(boards.length);
    const made = disk.lines.filter(({ event }) => event === 'made');
    expect(made.map(({ mac, row }) => `${mac} ${row}`).sort()).toEqual(
      boards.map(({ mac, rows: own }) => `${mac} ${[...own][0]}`),
    );
  },
);

describe('a record', () => {
  test('loses a torn last line with a notice, and no other', async () => {
    const disk = new Disk();
    const ledger = await open(disk);
    await ledger.start(macOf(1), rowAt(3), { time: TIME });
    const whole = disk.bytes;
    for (const torn of [
      '{"event":"made","ti',
      '{"event":"started","mac":"00:00:00:00:00:02","row":2}',
      '\0\0\0',
    ]) {
      disk.bytes = Buffer.concat([whole, Buffer.from(torn)]);
      const said: string[] = [];
      const again = await open(disk, (message) => said.push(message));
      expect(said).toEqual([
        expect.stringContaining('the last entry was cut off, as by a power cut, and is removed.'),
      ]);
      expect(disk.bytes).toEqual(whole);
      expect(again.board(macOf(1))?.started.row).toBe(1);
    }
  });

  test('that was cut within its first line begins anew', async () => {
    const disk = new Disk();
    await open(disk);
    const header = disk.bytes;
    for (let length = 0; length < header.length; length++) {
      disk.bytes = header.subarray(0, length);
      await open(disk);
      expect(disk.bytes).toEqual(header);
    }
  });

  test.each([
    [
      'other text',
      'serial,name\nA,B\n',
      'made.jsonl is not a record of esp-portal factory: its first line is another.',
    ],
    ['text without a line end', 'print("x")', 'made.jsonl is not a record of esp-portal factory'],
    ['a line that is no JSON', 'HEADER{"event"\n', 'made.jsonl line 2 is damaged.'],
    ['an empty line', 'HEADER\n', 'made.jsonl line 2 is damaged.'],
    [
      'a row of two boards',
      `HEADER${start(1, 1)}${start(2, 1)}`,
      'gives 00:00:00:00:00:02 the row of 00:00:00:00:00:01.',
    ],
    ['two rows of a board', `HEADER${start(1, 1)}${start(1, 2)}`, 'gives 00:00:00:00:00:01 a second row.'],
    ['a board without a row', `HEADER${JSON.stringify(madeLine(macOf(1), 1))}\n`, 'line 2 is of a row that'],
  ])('is refused and left as it is with %s', async (_, text, fault) => {
    const disk = new Disk();
    await open(disk);
    const bytes = Buffer.from(text.replace('HEADER', disk.bytes.toString()));
    disk.bytes = bytes;
    await expect(open(disk)).rejects.toThrow(fault);
    expect(disk.bytes).toEqual(bytes);
  });

  test('keeps the row of a board that failed, and says what it has now after a check', async () => {
    const disk = new Disk();
    const ledger = await open(disk);
    await ledger.start(macOf(1), rowAt(1), { time: TIME });
    const failed = { event: 'failed', time: TIME, mac: macOf(1), row: 1, serial: 'L-1' } as const;
    await ledger.add({ ...failed, code: 'board-error', message: 'm', attempts: 3, seconds: 9 });
    expect(await ledger.start(macOf(2), rowAt(1), { time: TIME })).toBeUndefined();
    await ledger.add(madeLine(macOf(1), 1));
    await ledger.add({ ...madeLine(macOf(1), 1, 'checked'), time: 'later', files: 'ef' });
    const { boards } = await Ledger.read(disk, 'made.jsonl');
    expect(boards).toEqual([
      expect.objectContaining({ failed: undefined, made: { ...madeLine(macOf(1), 1), files: 'ef' } }),
    ]);
  });
});

function start(board: number, row: number): string {
  return `${JSON.stringify({ event: 'started', time: TIME, mac: macOf(board), row, serial: `L-${row}` })}\n`;
}

test('takes no further line after one that could not be written: a board without a record would be lost count of', async () => {
  const disk = new Disk();
  const ledger = await open(disk);
  const before = disk.bytes;
  disk.append = async (bytes) => {
    disk.bytes = Buffer.concat([disk.bytes, bytes.slice(0, 10)]);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  const start1 = ledger.start(macOf(1), rowAt(9), { time: TIME });
  const start2 = ledger.start(macOf(2), rowAt(9), { time: TIME });
  await expect(start1).rejects.toThrow('made.jsonl cannot be written: the disk is full.');
  await expect(start2).rejects.toMatchObject({ code: 'output-failed' });
  expect(disk.bytes).toEqual(before);
});
