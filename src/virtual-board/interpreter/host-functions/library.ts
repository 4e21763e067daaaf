// The modules behind those of a program: what is there of the firmware's own, and why the rest is missing.

import type { Chip } from '../../radio/radio.js';
import { hostFunction } from './host-channel.js';

const NETWORK = 'a virtual board opens no connections to the outside';
const PINS = 'the pins of a virtual board lead nowhere';
const RADIO = 'the radio of a virtual board has WiFi alone';

/** Of the firmware of both chips; then of an ESP32's alone. */
const MISSING: Readonly<Record<string, string>> = {
  dht: PINS,
  ds18x20: PINS,
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
  aioespnow: RADIO,
  bluetooth: RADIO,
  espnow: RADIO,
  umqtt: NETWORK,
  upysh: 'it is not part of this package',
};

/** @param eventLoop the source of asyncio; see shims/internal/_event_loop.py */
export function libraryFunctions(chip: Chip, eventLoop: string) {
  const missing = chip === 'esp32' ? { ...MISSING, ...MISSING_ON_ESP32 } : MISSING;
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
