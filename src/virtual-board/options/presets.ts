// States of a new virtual board that are hard to connect to.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeLittleFs } from '../../filesystem/littlefs/writer.js';
import type { ChipFamily, ChipModel } from '../chips/chip-model.js';
import { noise } from '../chips/noise.js';
import { crashText } from '../crash-text.js';
import { SECTOR_BYTES } from '../flash/nor-flash.js';
import { FLASH_FILE } from '../state/board-folder.js';
import bareLoop from './programs/bare_loop.py';
import boot from './programs/boot.py';
import crash from './programs/crash.py';
import rebootLoop from './programs/reboot_loop.py';
import replOff from './programs/repl_off.py';
import stubborn from './programs/stubborn.py';

/** Names of the states, as `preset=` takes them. */
export const PRESET_NAMES = [
  'esp8285',
  'corrupt-fs',
  'repl-off',
  'bare-loop',
  'reboot-loop',
  'stubborn',
  'silent',
  'crash',
] as const;

export type PresetName = (typeof PRESET_NAMES)[number];

interface PresetContents {
  readonly files?: Readonly<Record<string, string>>;
  readonly corrupt?: boolean;
}

/** Files of such a board, which has MicroPython; other presets are blank. */
const CONTENTS: Partial<Record<PresetName, PresetContents | ((chip: ChipFamily) => PresetContents)>> = {
  'corrupt-fs': { corrupt: true },
  'repl-off': { files: { 'boot.py': replOff } },
  'bare-loop': { files: { 'boot.py': boot, 'main.py': bareLoop } },
  stubborn: { files: { 'boot.py': boot, 'main.py': stubborn } },
  'reboot-loop': { files: { 'boot.py': boot, 'main.py': rebootLoop } },
  crash: (chip) => ({ files: { 'boot.py': boot, 'main.py': crashingProgram(crashText(chip)) } }),
};

/** Runs for a moment, then prints what the firmware of a crashing chip does, and restarts as that does. */
function crashingProgram(text: string): string {
  return crash.replace('LINES = []', () => `LINES = ${JSON.stringify(text.split('\n'))}`);
}

/**
 * Prepares the folder of a board that has never had power; any other stays as it is.
 *
 * @param flash its size, and an image for this chip
 */
export function preparePreset(
  preset: PresetName,
  folder: string,
  chip: Pick<ChipModel, 'family' | 'firmwareAddress' | 'regions'>,
  { firmware, sizeBytes }: { readonly firmware: Uint8Array; readonly sizeBytes: number },
): void {
  const given = CONTENTS[preset];
  const contents = typeof given === 'function' ? given(chip.family) : given;
  if (contents === undefined || existsSync(join(folder, FLASH_FILE))) return;
  const flash = Buffer.alloc(sizeBytes, 0xff);
  flash.set(firmware, chip.firmwareAddress);
  const read = (address: number, lengthBytes: number) =>
    Uint8Array.from(flash.subarray(address, address + lengthBytes));
  const { filesystem } = chip.regions({ sizeBytes, read });
  const files = Object.entries(contents.files ?? {}).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
  }));
  if (filesystem) {
    const blockCount = Math.floor(filesystem.sizeBytes / SECTOR_BYTES);
    const image = contents.corrupt ? noise(SECTOR_BYTES, 8) : writeLittleFs(files, { blockCount });
    flash.set(image, filesystem.address);
  }
  writeFileSync(
    join(folder, FLASH_FILE),
    flash.subarray(0, flash.findLastIndex((byte) => byte !== 0xff) + 1),
  );
}
