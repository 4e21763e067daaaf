// Settings that the ESP8266's SDK stores in its flash sectors: credentials, access point, mode.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { Chip } from './station.js';

/** The access point's settings; `authmode` in the SDK's numbers (0 open, 3 WPA2, 4 WPA/WPA2). */
export interface ApSettings {
  readonly ssid: string;
  readonly password: string;
  readonly authmode: number;
  readonly channel: number;
  readonly hidden: boolean;
}

export interface SdkMemory {
  readonly stationActive: boolean;
  readonly apActive: boolean;
  readonly credentials: { readonly ssid: string; readonly password: string };
  readonly ap: ApSettings;
}

/** @returns what is stored, or what a chip with blank SDK sectors does */
export function loadSdkMemory(file: string, mac: readonly number[]): SdkMemory {
  try {
    // Written by saveSdkMemory alone; a file that is not whole counts as blank, as a bad checksum does on the chip.
    return JSON.parse(readFileSync(file, 'utf8')) as SdkMemory;
  } catch {
    return blankSdkMemory('esp8266', mac);
  }
}

/** What a chip does whose SDK remembers nothing: an ESP8266 opens an access point, an ESP32's radio is off. */
export function blankSdkMemory(chip: Chip, mac: readonly number[]): SdkMemory {
  const isEsp8266 = chip === 'esp8266';
  // The access point's own address: an ESP32's is one above the station's.
  const own = isEsp8266 ? mac : mac.with(5, ((mac[5] ?? 0) + 1) & 0xff);
  const suffix = hex(own.slice(3)).toUpperCase();
  return {
    stationActive: false,
    apActive: isEsp8266,
    credentials: { ssid: '', password: '' },
    ap: {
      ssid: isEsp8266 ? `ESP-${suffix}` : `ESP_${suffix}`,
      password: '',
      authmode: 0,
      channel: 1,
      hidden: false,
    },
  };
}

/** Whole or not at all: a new file takes the old one's place. */
export function saveSdkMemory(file: string, memory: SdkMemory): void {
  writeFileSync(`${file}.new`, JSON.stringify(memory));
  renameSync(`${file}.new`, file);
}

function hex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('hex');
}
