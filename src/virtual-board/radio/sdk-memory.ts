// What the ESP8266's SDK keeps in its own flash sectors: credentials, access point, mode. Outlives power.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

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

/** @returns what is stored, or what a chip with blank SDK sectors does: an open access point, no station */
export function loadSdkMemory(file: string, mac: readonly number[]): SdkMemory {
  try {
    // Written by saveSdkMemory alone; a file that is not whole counts as blank, as a bad checksum does on the chip.
    return JSON.parse(readFileSync(file, 'utf8')) as SdkMemory;
  } catch {
    return {
      stationActive: false,
      apActive: true,
      credentials: { ssid: '', password: '' },
      ap: {
        ssid: `ESP-${hex(mac.slice(3)).toUpperCase()}`,
        password: '',
        authmode: 0,
        channel: 1,
        hidden: false,
      },
    };
  }
}

/** Whole or not at all: a new file takes the old one's place. */
export function saveSdkMemory(file: string, memory: SdkMemory): void {
  writeFileSync(`${file}.new`, JSON.stringify(memory));
  renameSync(`${file}.new`, file);
}

function hex(bytes: readonly number[]): string {
  return Buffer.from(bytes).toString('hex');
}
