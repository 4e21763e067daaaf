// What a ROM loader needs where it is reached over the chip's own USB port: watchdogs off, and a way out without a reset
// line. Registers are in the table of families.

import type { ESPLoader } from 'esptool-js';
import type { UsbRegisters } from './families.js';

const WATCHDOG_KEY = 0x50d83aa1;
/** Ticks of its slow clock until it resets the system. */
const WATCHDOG_TICKS = 2000;
/** Enabled; the first stage resets the system; lengths of the reset signals; flash boot mode off. */
const WATCHDOG_RESETS = (2 ** 31 + (5 << 28) + (1 << 8) + 2) >>> 0;

/** Keeps the watchdogs from resetting the chip in mid-flash: a reset over USB leaves them running. */
export async function disableWatchdogs(
  esp: ESPLoader,
  { watchdog, superWatchdog }: UsbRegisters,
): Promise<void> {
  await esp.writeReg(watchdog.protect, WATCHDOG_KEY);
  await esp.writeReg(watchdog.config, 0);
  await esp.writeReg(watchdog.protect, 0);
  if (!superWatchdog) return;
  const { protect, key, config, autoFeed } = superWatchdog;
  await esp.writeReg(protect, key);
  await esp.writeReg(config, (((await esp.readReg(config)) >>> 0) | autoFeed) >>> 0);
  await esp.writeReg(protect, 0);
}

/** Takes back what would keep the chip in its loader, and has the watchdog restart it. */
export async function resetByWatchdog(
  esp: ESPLoader,
  { watchdog, forceDownload }: UsbRegisters,
): Promise<void> {
  if (forceDownload) {
    const { address, mask } = forceDownload;
    await esp.writeReg(address, (((await esp.readReg(address)) >>> 0) & ~mask) >>> 0);
  }
  await esp.writeReg(watchdog.protect, WATCHDOG_KEY);
  await esp.writeReg(watchdog.time, WATCHDOG_TICKS);
  // The chip restarts within 20 ms: no answer is waited for, and none taken from what the firmware prints.
  await send(esp, watchdog.config, WATCHDOG_RESETS);
  await send(esp, watchdog.protect, 0);
}

async function send(esp: ESPLoader, address: number, value: number): Promise<void> {
  const request = new Uint32Array([address, value, 0xffffffff, 0]);
  await esp.command(esp.ESP_WRITE_REG, new Uint8Array(request.buffer), 0, false);
}
