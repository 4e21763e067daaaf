// Uploads at a faster rate of the UART: both ends change and come back, whatever happens in between.

import { readFileSync, writeFileSync } from 'node:fs';
import { openPort, type Port } from 'esp-portal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { putFiles } from '../../src/operations/files/files.js';
import { probeBoard, readBoardFacts } from '../../src/operations/install/probe-board.js';
import { DISCARD, stage } from '../../src/operations/install/staging.js';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';
import { seededBytes } from '../support/random.js';

/** Just enough for a faster rate: more than 16 KB. */
const LARGE = seededBytes(7, 17_500);
const USUAL = 115200;

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Keeps the rates that were set; `damage` changes what is sent at the present rate. */
class RatedPort extends RecordingPort {
  readonly rates: number[] = [];
  damage = (bytes: Uint8Array, _baudRate: number): Uint8Array => bytes;
  isWithoutLines = false;
  /** The program that has the port ends with this write. */
  isEndedBy = (_bytes: Uint8Array): boolean => false;
  #hasEnded = false;

  get inner(): Port {
    return this.port;
  }

  override get hasLines(): boolean {
    return !this.isWithoutLines && super.hasLines;
  }
  override read(...wait: Parameters<Port['read']>): ReturnType<Port['read']> {
    return this.#hasEnded ? new Promise(() => {}) : super.read(...wait);
  }
  override write(bytes: Uint8Array): Promise<void> {
    this.#hasEnded ||= this.isEndedBy(bytes);
    if (this.#hasEnded) return new Promise(() => {});
    return super.write(this.damage(bytes, this.baudRate));
  }
  override setBaudRate(baudRate: number): Promise<void> {
    this.rates.push(baudRate);
    return super.setBaudRate(baudRate);
  }
}

async function openBoard(
  name: string,
  options = '',
  content: 'micropython' | 'micropython-esp32' = 'micropython',
) {
  home.makeBoard(name, content);
  return new RatedPort(await openPort(`virtual:${name}?speed=max&http=0&dns=0${options}`));
}

async function stageLarge(port: Port, options: { uploadBaudRate?: number; signal?: AbortSignal } = {}) {
  await using repl = await RawRepl.enter(port);
  const facts = await readBoardFacts(repl, await probeBoard(repl), []);
  if (facts.hasStaged) await repl.exec(DISCARD);
  return await stage(repl, facts, [LARGE], { onBytes: () => {}, ...options });
}

function expectStaged(name: string): void {
  expect(readFileSync(home.boardFile(name, 'portal.new/0')).equals(LARGE)).toBe(true);
}

async function expectPrompt(port: Port): Promise<void> {
  expect(port.baudRate).toBe(USUAL);
  await using repl = await RawRepl.enter(port);
  expect(await repl.exec('print(1)')).toBe('1\r\n');
}

describe.each(['micropython', 'micropython-esp32'] as const)('%s', (content) => {
  const chip = content === 'micropython' ? '' : '&chip=esp32';

  test('goes faster for more than 16 KB, and comes back', async () => {
    const name = `fast-${content}`;
    await using port = await openBoard(name, chip, content);
    const sentAt = new Map<number, number>();
    port.damage = (bytes, baudRate) => {
      sentAt.set(baudRate, (sentAt.get(baudRate) ?? 0) + bytes.length);
      return bytes;
    };
    await stageLarge(port);
    expect(port.rates).toEqual([460800, USUAL]);
    expect(sentAt.get(460800)).toBeGreaterThan(LARGE.length);
    expectStaged(name);
    await stageLarge(port, { uploadBaudRate: 921600 });
    expect(port.rates.slice(2)).toEqual([921600, USUAL]);
    await expectPrompt(port);
  });
});

test('keeps the rate for 16 KB or less, without control lines, and with --upload-baud 115200', async () => {
  await using port = await openBoard('slow');
  await stageLarge(port, { uploadBaudRate: USUAL });
  port.isWithoutLines = true;
  await stageLarge(port);
  expectStaged('slow');
  expect(port.rates).toEqual([]);
});

test('copies the files at the usual rate once a line has damaged them at the faster one', async () => {
  await using port = await openBoard('damaged');
  const isPiece = (bytes: Uint8Array) => bytes.length > 32 && bytes.length <= 63;
  port.damage = (bytes, baudRate) =>
    baudRate > USUAL && isPiece(bytes) ? bytes.map((byte) => byte ^ 0x10) : bytes;
  const file = `${home.folder}/large.bin`;
  writeFileSync(file, LARGE);
  await putFiles(port, { from: file, path: undefined, recursive: false });
  expect(port.rates).toEqual([460800, USUAL]);
  expect(readFileSync(home.boardFile('damaged', 'large.bin')).equals(LARGE)).toBe(true);
});

test('comes back when the upload is interrupted', async () => {
  await using port = await openBoard('interrupted');
  const interruption = new AbortController();
  await using repl = await RawRepl.enter(port);
  const facts = await readBoardFacts(repl, await probeBoard(repl), []);
  const staging = stage(repl, facts, [LARGE], {
    signal: interruption.signal,
    onBytes: (doneBytes) => {
      if (doneBytes > 5000) interruption.abort(new Error('Ctrl-C'));
    },
  });
  await expect(staging).rejects.toThrow('Ctrl-C');
  expect(port.rates).toEqual([460800, USUAL]);
  expect(port.baudRate).toBe(USUAL);
});

test.concurrent('falls back behind an adapter that is too slow, and does not try again', async () => {
  await using port = await openBoard('adapter', '&adapter=230400');
  await stageLarge(port);
  expect(port.rates).toEqual([460800, USUAL]);
  expectStaged('adapter');
  await stageLarge(port);
  expect(port.rates).toHaveLength(2);
  await expectPrompt(port);
});

test.concurrent.each([
  ['in the middle of the upload', (bytes: Uint8Array, sent: number) => sent > 5000 && bytes.length > 32],
  ['before it has confirmed the rate', (bytes: Uint8Array) => bytes.length === 3],
])(
  'a board at the faster rate returns to 115200 baud when its computer ends %s',
  async (_, ends) => {
    await using port = await openBoard(`killed-${ends.length}`);
    let sent = 0;
    await new Promise<void>((killed) => {
      port.isEndedBy = (bytes) => {
        if (port.baudRate === USUAL) return false;
        sent += bytes.length;
        if (!ends(bytes, sent)) return false;
        killed();
        return true;
      };
      void stageLarge(port);
    });
    // Another program has the port, at the usual rate, and only listens.
    await port.inner.setBaudRate(USUAL);
    let seen = '';
    for (const signal = AbortSignal.timeout(40_000); !seen.includes('>>> '); )
      seen += Buffer.from((await port.inner.read({ timeoutMs: 40_000, signal })) ?? []).toString('latin1');
    expect(seen).toContain('MicroPython v');
  },
  60_000,
);
