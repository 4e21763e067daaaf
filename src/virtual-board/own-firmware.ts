// The MicroPython that comes with a virtual board: the build for its hardware, of the release that its address names.

import { CHIPS } from './chips/chips.js';
import { runtimeFor } from './interpreter/runtime/runtimes.js';
import type { VirtualBoardOptions } from './options/address.js';

export function ownFirmware({
  chip,
  micropython,
  flashSizeBytes,
  secondChip,
  faults,
}: VirtualBoardOptions): Uint8Array {
  const { version, buildDate: date } = runtimeFor(micropython).runtime;
  const { revision } = faults;
  return CHIPS[chip].generateFirmware({ version, date, flashSizeBytes, revision, secondChip });
}
