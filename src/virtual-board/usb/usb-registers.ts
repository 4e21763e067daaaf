// Registers of a chip that matter to a flasher on its own USB port: watchdogs that keep running after a reset over USB, one of
// which restarts the chip out of its loader, and the bit that keeps the chip in it.

import type { Clock } from '../clock.js';
import type { LiveRegister } from '../rom/registers.js';
import type { Speed } from '../speed.js';

/** Addresses, bits and keys; after esptool's `targets/`. */
export interface UsbRegisterMap {
  readonly config: number;
  readonly time: number;
  readonly protect: number;
  readonly superConfig?: number;
  readonly superProtect?: number;
  readonly superKey?: number;
  readonly superAutoFeed?: number;
  readonly option?: { readonly address: number; readonly forceDownload: number };
}

const KEY = 0x50d83aa1;
const ENABLED = 2 ** 31;
/** What ESP-IDF's bootloader sets: a watchdog that is left on resets the chip this long after the loader has begun. */
const BITE_MS = 9000;
/** A reset by the watchdog on purpose: 2000 ticks of the slow clock. */
const RESET_MS = { real: 15, slow: 15, max: 1 } as const;

interface Watchdogs {
  readonly live: ReadonlyMap<number, LiveRegister>;
  stop(): void;
}

interface WatchdogParts {
  readonly clock: Clock;
  readonly speed: Speed;
  /** The bit that keeps the chip in its loader. */
  readonly force: { get(): boolean; set(isForced: boolean): void };
  /** The chip restarts. */
  readonly onBite: () => void;
}

/** Starts the watchdogs. */
export function usbRegisters(map: UsbRegisterMap, { clock, speed, force, onBite }: WatchdogParts): Watchdogs {
  let cancel = clock.setTimer(onBite, BITE_MS);
  let isRtcOff = false;
  const superWatchdog = superRegisters(map, () => feed());
  const feed = () => {
    if (isRtcOff && superWatchdog.isFed()) cancel();
  };
  let isUnlocked = false;
  const configure = (value: number) => {
    if (!isUnlocked) return;
    isRtcOff = value === 0;
    feed();
    if (value < ENABLED) return;
    cancel();
    cancel = clock.setTimer(onBite, RESET_MS[speed]);
  };
  const live = new Map<number, LiveRegister>([
    [map.protect, { write: (value) => (isUnlocked = value === KEY) }],
    [map.time, {}],
    [map.config, { write: configure }],
    ...superWatchdog.live,
  ]);
  if (map.option) {
    const { address, forceDownload } = map.option;
    live.set(address, {
      read: () => (force.get() ? forceDownload : 0),
      write: (value) => force.set((value & forceDownload) !== 0),
    });
  }
  return { live, stop: () => cancel() };
}

/** The second watchdog, which cannot be switched off but be made to feed itself; a chip without it is always fed. */
function superRegisters(
  { superConfig, superProtect, superKey, superAutoFeed = 0 }: UsbRegisterMap,
  onConfigured: () => void,
): { readonly live: readonly [number, LiveRegister][]; isFed(): boolean } {
  if (superConfig === undefined || superProtect === undefined) return { live: [], isFed: () => true };
  let isUnlocked = false;
  let config = 0;
  const write = (value: number) => {
    if (isUnlocked) config = value;
    onConfigured();
  };
  return {
    live: [
      [superProtect, { write: (value) => (isUnlocked = value === superKey) }],
      [superConfig, { read: () => config, write }],
    ],
    isFed: () => (config & superAutoFeed) !== 0,
  };
}
