// What a ROM loader needs where it is reached over the chip's own USB port: watchdogs off, and a restart without a reset
// line. Registers are in the table of families.

import { PortalError } from '../errors.js';
import type { NativeUsb, Port } from '../port/port.js';
import type { UsbRegisters } from './families.js';
import type { ESPLoader } from './packet-transport.js';

/** Limit of USB-OTG (USB_RAM_BLOCK in esptool). */
const USB_OTG_BLOCK_BYTES = 0x800;
const WATCHDOG_KEY = 0x50d83aa1;
/** Ticks of its slow clock until it resets the system. */
const WATCHDOG_TICKS = 2000;
/** Enabled; the first stage resets the system; lengths of the reset signals; flash boot mode off. */
const WATCHDOG_RESETS = 2 ** 31 + (5 << 28) + (1 << 8) + 2;

/**
 * Adapts a loader to its port; does nothing behind a bridge.
 * @param registers of this chip
 * @throws PortalError `port-ambiguous` if another board came back than the one that left the bus
 */
export async function prepareUsb(
  esp: ESPLoader,
  { name, usb }: Pick<Port, 'name' | 'usb'>,
  registers: UsbRegisters | undefined,
): Promise<void> {
  if (!usb) return;
  if (usb.kind === 'usb-rom') {
    esp.ESP_RAM_BLOCK = USB_OTG_BLOCK_BYTES;
    esp.FLASH_WRITE_SIZE = USB_OTG_BLOCK_BYTES;
  }
  const mac = await esp.chip.readMac(esp);
  if (usb.mac !== undefined && usb.mac !== mac) {
    throw new PortalError(
      'port-ambiguous',
      `Another board came back on ${name}: its MAC address is ${mac}, not ${usb.mac}.`,
    );
  }
  if (registers) await disableWatchdogs(esp, registers);
}

/** Keeps the watchdogs from resetting the chip in mid-flash: a reset over USB leaves them running. */
async function disableWatchdogs(esp: ESPLoader, { watchdog, superWatchdog }: UsbRegisters): Promise<void> {
  await esp.writeReg(watchdog.protect, WATCHDOG_KEY);
  await esp.writeReg(watchdog.config, 0);
  await esp.writeReg(watchdog.protect, 0);
  if (!superWatchdog) return;
  const { protect, key, config, autoFeed } = superWatchdog;
  await esp.writeReg(protect, key);
  await changeRegister(esp, config, (value) => value | autoFeed);
  await esp.writeReg(protect, 0);
}

/**
 * Whether the watchdog restarts the chip out of its loader. The ROM's own port has no reset line. On chips with USB-OTG,
 * a reset over USB-Serial/JTAG would keep the bit that forced the loader, and GPIO0 as the BOOT button left it. On an
 * ESP32-C6 or H2 the watchdog could make the port disappear (esptool's targets/esp32c6.py).
 */
export function restartsByWatchdog(usb: NativeUsb | undefined, { forceDownload }: UsbRegisters): boolean {
  return usb?.kind === 'usb-rom' || (usb !== undefined && forceDownload !== undefined);
}

/**
 * Which of the chip's own ports the ROM uses, for a board whose port does not say what it is, as behind a network.
 * @param revision in hundredths
 * @returns `undefined` for a UART, and for chips without USB-OTG
 */
export async function readRomPort(
  esp: ESPLoader,
  { romPort }: UsbRegisters,
  revision: number | undefined,
): Promise<NativeUsb | undefined> {
  if (!romPort) return undefined;
  const { before, otg, serialJtag } = romPort;
  const isEarly = before !== undefined && (revision ?? before.revision) < before.revision;
  const number = (await esp.readReg(isEarly ? before.address : romPort.address)) & 0xff;
  if (number === otg) return { kind: 'usb-rom', mac: undefined };
  return number === serialJtag ? { kind: 'usb-serial-jtag', mac: undefined } : undefined;
}

/** Whether machine.bootloader() led the chip into its loader, in which a reset by a line would keep it. */
export async function isDownloadForced(esp: ESPLoader, { forceDownload }: UsbRegisters): Promise<boolean> {
  return (
    forceDownload !== undefined && ((await esp.readReg(forceDownload.address)) & forceDownload.mask) !== 0
  );
}

/** Takes back what would keep the chip in its loader, and has the watchdog restart it. */
export async function resetByWatchdog(
  esp: ESPLoader,
  { watchdog, forceDownload }: UsbRegisters,
): Promise<void> {
  if (forceDownload) {
    const { address, mask } = forceDownload;
    await changeRegister(esp, address, (value) => value & ~mask);
  }
  await esp.writeReg(watchdog.protect, WATCHDOG_KEY);
  await esp.writeReg(watchdog.time, WATCHDOG_TICKS);
  // The chip restarts within 20 ms, which locks the register again: no answer is waited for, and nothing is sent after
  // this, because the firmware would take it as input.
  const request = Uint32Array.of(watchdog.config, WATCHDOG_RESETS, 0xffffffff, 0);
  await esp.command(esp.ESP_WRITE_REG, new Uint8Array(request.buffer), 0, false);
}

/** Reads and writes: a stub ignores the mask of WRITE_REG (esptool's stub_flasher.c). */
async function changeRegister(
  esp: ESPLoader,
  address: number,
  change: (value: number) => number,
): Promise<void> {
  await esp.writeReg(address, change(await esp.readReg(address)));
}
