// The modules of the firmware: which ones a program can import, and why the others are missing.

import type { Chip } from '../../radio/radio.js';
import { hostFunction } from './host-channel.js';

const NETWORK = 'a virtual board opens no connections to the outside';
const PINS = 'the pins of a virtual board lead nowhere';
const RADIO = 'the radio of a virtual board has WiFi alone';
const FILES = 'programs on a virtual board do not reach the blocks of its flash';
const PACKAGE = 'it is not part of this package';

/** Of all firmware: what manifests freeze and what is compiled in. */
const MISSING: Readonly<Record<string, string>> = {
  _boot: FILES,
  btree: PACKAGE,
  dht: PINS,
  ds18x20: PINS,
  espnow: RADIO,
  flashbdev: FILES,
  inisetup: FILES,
  mip: NETWORK,
  neopixel: PINS,
  ntptime: NETWORK,
  onewire: PINS,
  requests: NETWORK,
  ssl: NETWORK,
  tls: NETWORK,
  urequests: NETWORK,
  webrepl: NETWORK,
  webrepl_setup: NETWORK,
  websocket: NETWORK,
};
const MISSING_ON_ESP32: Readonly<Record<string, string>> = {
  _thread: 'a virtual board runs one thread',
  aioespnow: RADIO,
  apa106: PINS,
  bluetooth: RADIO,
};
const MISSING_ON_ESP8266: Readonly<Record<string, string>> = {
  apa102: PINS,
  lwip: NETWORK,
  port_diag: FILES,
};
/** Not in the builds for less than 2 MB of flash. */
const MISSING_ON_LARGE: Readonly<Record<string, string>> = {
  cryptolib: PACKAGE,
  ucryptolib: PACKAGE,
  umqtt: NETWORK,
  upysh: PACKAGE,
};
const SMALL_BUILD = /\((?:1M|512K)\)/;

/**
 * @param machine the board's name, as in os.uname()
 * @param eventLoop the source of asyncio; see shims/internal/_event_loop.py
 */
export function libraryFunctions(chip: Chip, machine: string, eventLoop: string) {
  const missing = {
    ...MISSING,
    ...(chip === 'esp32' ? MISSING_ON_ESP32 : MISSING_ON_ESP8266),
    ...(SMALL_BUILD.test(machine) ? {} : MISSING_ON_LARGE),
  };
  const sources = new Map([
    ['asyncio.py', eventLoop],
    ['uasyncio.py', 'from asyncio import *\n'],
    ...Object.entries(missing).map(
      ([name, reason]) =>
        [
          `${name}.py`,
          `raise ImportError("no module named '${name}': firmware has it, ${reason}")\n`,
        ] as const,
    ),
  ]);
  return {
    /** @param file such as `mip.py`; its source, empty where there is none */
    library_module: hostFunction(['text'], (file) => sources.get(file) ?? ''),
  };
}
