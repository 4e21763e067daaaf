// Registers of a chip that matter to a flasher on its own USB port: watchdogs that go on after a reset over USB, one of
// which is the way out of the loader, and the bit that keeps the chip in it.

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

/**
 * @param isForced whether the bit is set that keeps the chip in its loader
 * @param onBite the chip restarts
 */
export function usbRegisters(
  map: UsbRegisterMap,
  options: {
    readonly clock: Clock;
    readonly speed: Speed;
    readonly force: { get(): boolean; set(isForced: boolean): void };
    readonly onBite: () => void;
  },
): Watchdogs {
  const { clock, speed, force, onBite } = options;
  let isUnlocked = false;
  let isSuperUnlocked = map.superConfig === undefined;
  let isRtcOff = false;
  let superConfig = 0;
  let cancel = clock.setTimer(onBite, BITE_MS);
  const feed = () => {
    const isFed = map.superConfig === undefined || (superConfig & (map.superAutoFeed ?? 0)) !== 0;
    if (isRtcOff && isFed) cancel();
  };
  const live = new Map<number, LiveRegister>([
    [map.protect, { write: (value) => (isUnlocked = value === KEY) }],
    [map.time, {}],
    [
      map.config,
      {
        write: (value) => {
          if (!isUnlocked) return;
          isRtcOff = value === 0;
          feed();
          if (value < ENABLED) return;
          cancel();
          cancel = clock.setTimer(onBite, RESET_MS[speed]);
        },
      },
    ],
  ]);
  if (map.superConfig !== undefined && map.superProtect !== undefined) {
    live.set(map.superProtect, { write: (value) => (isSuperUnlocked = value === map.superKey) });
    live.set(map.superConfig, {
      read: () => superConfig,
      write: (value) => {
        if (isSuperUnlocked) superConfig = value;
        feed();
      },
    });
  }
  if (map.option) {
    const { address, forceDownload } = map.option;
    live.set(address, {
      read: () => (force.get() ? forceDownload : 0),
      write: (value) => force.set((value & forceDownload) !== 0),
    });
  }
  return { live, stop: () => cancel() };
}
