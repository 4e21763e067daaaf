import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  flashTiming,
  NorFlash,
  TYPICAL_FLASH_TIMING,
} from '../../../../src/virtual-board/flash/nor-flash.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

const MEGABYTE = 1024 * 1024;

function open(folder: string, changes: [number, number][] = []): NorFlash {
  return new NorFlash({
    path: join(folder, 'flash.bin'),
    sizeBytes: MEGABYTE,
    timing: flashTiming(0),
    clock: new ManualClock(),
    onChange: (address, lengthBytes) => changes.push([address, lengthBytes]),
  });
}

it('is erased when new, and takes no space', () => {
  const folder = temporaryFolder();
  const flash = open(folder);
  expect(flash.read(0, MEGABYTE).every((byte) => byte === 0xff)).toBe(true);
  expect(statSync(join(folder, 'flash.bin')).size).toBe(0);
});

it('can only clear bits by writing; erasing a sector sets all of its bits and no others', async () => {
  const flash = open(temporaryFolder());
  await flash.write(0x0ffe, Uint8Array.of(0xf0, 0xaa, 0x0f, 0x55));
  await flash.write(0x0ffe, Uint8Array.of(0x3c, 0xff, 0xff, 0xf0));
  expect([...flash.read(0x0ffe, 4)]).toEqual([0x30, 0xaa, 0x0f, 0x50]);
  await flash.eraseSector(0x1234);
  expect([...flash.read(0x0ffe, 4)]).toEqual([0x30, 0xaa, 0xff, 0xff]);
});

it('outlives its process byte for byte, without being closed', async () => {
  const folder = temporaryFolder();
  const flash = open(folder);
  await flash.write(0x3000, Uint8Array.of(1, 2, 3));
  await flash.write(0x1000, Uint8Array.of(9));
  await flash.eraseSector(0x1000);

  expect([...open(folder).read(0x2fff, 5)]).toEqual([0xff, 1, 2, 3, 0xff]);
  const file = readFileSync(join(folder, 'flash.bin'));
  expect(file.equals(Buffer.from(flash.read(0, file.length)))).toBe(true);
  await flash.eraseChip();
  expect(open(folder).read(0x3000, 1)[0]).toBe(0xff);
});

it('wraps around at its end and reports what changed', async () => {
  const changes: [number, number][] = [];
  const flash = open(temporaryFolder(), changes);
  await flash.write(MEGABYTE - 1, Uint8Array.of(1, 2));
  await flash.eraseBlock(MEGABYTE + 0x12345);
  expect([...flash.read(MEGABYTE - 1, 2)]).toEqual([1, 2]);
  expect(changes).toEqual([
    [MEGABYTE - 1, 1],
    [0, 1],
    [0x10000, 0x10000],
  ]);
});

it('refuses sizes that no board has', () => {
  expect(() => new NorFlash({ ...options(), sizeBytes: 3 * MEGABYTE })).toThrow(RangeError);
  expect(() => new NorFlash({ ...options(), sizeBytes: 32 * MEGABYTE })).toThrow(RangeError);
});

it('takes 45 ms a sector, 0.7 ms a page, and does not block its user meanwhile', async () => {
  const clock = new ManualClock();
  const flash = new NorFlash({ ...options(), sizeBytes: MEGABYTE, timing: TYPICAL_FLASH_TIMING, clock });
  const ends: number[] = [];
  const work = (async () => {
    await flash.eraseSector(0);
    ends.push(clock.nowMs());
    await flash.write(0, new Uint8Array(4096));
    ends.push(clock.nowMs());
    await flash.write(0xff, Uint8Array.of(0, 0)); // two pages
    await flash.ready();
    ends.push(clock.nowMs());
  })();
  await clock.advance(100);
  await work;
  expect(ends.map((end) => Math.round(end * 10) / 10)).toEqual([0, 45, 57.6]);
});

it.each([1, 10])('takes its time for a digest, %d times that of a chip', async (timesSlower) => {
  const clock = new ManualClock();
  const flash = new NorFlash({ ...options(), sizeBytes: MEGABYTE, timing: flashTiming(timesSlower), clock });
  let hash = '';
  const work = flash.md5(0, MEGABYTE).then((digest) => {
    hash = digest.toString('hex');
  });
  await clock.advance(799 * timesSlower);
  expect(hash).toBe('');
  await clock.advance(timesSlower);
  await work;
  expect(hash).toBe(createHash('md5').update(Buffer.alloc(MEGABYTE, 0xff)).digest('hex'));
});

function options() {
  return {
    path: join(temporaryFolder(), 'flash.bin'),
    sizeBytes: 0,
    timing: flashTiming(0),
    clock: new ManualClock(),
  };
}
