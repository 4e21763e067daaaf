import { expect, test } from 'vitest';
import { usbRegisters } from '../../../../src/virtual-board/usb/usb-registers.js';
import { ManualClock } from '../../../support/manual-clock.js';

const MAP = {
  ...{ config: 0x10, time: 0x14, protect: 0x18, superConfig: 0x20, superProtect: 0x24 },
  ...{ superKey: 0x8f1d312a, superAutoFeed: 2 ** 31, option: { address: 0x30, forceDownload: 4 } },
};
const KEY = 0x50d83aa1;
const CONFIG_THAT_RESETS = (2 ** 31 + (5 << 28) + 0x102) >>> 0;

function watchdogs() {
  const clock = new ManualClock();
  let bites = 0;
  let isForced = true;
  const force = {
    get: () => isForced,
    set: (value: boolean) => {
      isForced = value;
    },
  };
  const { live } = usbRegisters(MAP, { clock, speed: 'real', force, onBite: () => bites++ });
  return {
    clock,
    write: (address: number, value: number) => live.get(address)?.write?.(value),
    read: (address: number) => live.get(address)?.read?.(),
    bites: () => bites,
    isForced: () => isForced,
  };
}

test('a watchdog that is left on resets the chip', async () => {
  const { clock, bites } = watchdogs();
  await clock.advance(9000);
  expect(bites()).toBe(1);
});

test('both watchdogs have to be switched off, each with its key', async () => {
  const dogs = watchdogs();
  dogs.write(0x10, 0); // locked
  dogs.write(0x20, 2 ** 31); // locked
  dogs.write(0x18, KEY);
  dogs.write(0x10, 0);
  dogs.write(0x18, 0);
  await dogs.clock.advance(8999);
  dogs.write(0x24, 0x8f1d312a);
  dogs.write(0x20, 2 ** 31);
  await dogs.clock.advance(60_000);
  expect(dogs.bites()).toBe(0);
});

test('one of them alone does not do', async () => {
  const dogs = watchdogs();
  dogs.write(0x18, KEY);
  dogs.write(0x10, 0);
  await dogs.clock.advance(9000);
  expect(dogs.bites()).toBe(1);
});

test('the watchdog is the way out of the loader', async () => {
  const dogs = watchdogs();
  dogs.write(0x18, KEY);
  dogs.write(0x14, 2000);
  dogs.write(0x10, CONFIG_THAT_RESETS);
  await dogs.clock.advance(15);
  expect(dogs.bites()).toBe(1);
});

test('the request to stay in the loader is taken back by its bit', () => {
  const dogs = watchdogs();
  expect(dogs.read(0x30)).toBe(4);
  dogs.write(0x30, 0);
  expect([dogs.isForced(), dogs.read(0x30)]).toEqual([false, 0]);
});
