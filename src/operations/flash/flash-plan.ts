// Decides how to write a flash from what it holds. Uses no port.

import type { FlashContents } from '../../esp/flash-contents.js';

/** `nothing`: it holds this image already. */
export type FlashPlan = 'nothing' | 'write' | 'erase-and-write';

interface PlanOptions {
  /** Erase the whole flash, whatever it holds. */
  erase: boolean;
  /** Erase nothing but what the image covers. */
  keepFiles: boolean;
  /** The image brings files, and others are in their place. */
  replacesFiles?: boolean;
}

export function planFlash(
  contents: FlashContents,
  { erase, keepFiles, replacesFiles = false }: PlanOptions,
): FlashPlan {
  if (erase || replacesFiles) return 'erase-and-write';
  if (contents === 'same') return 'nothing';
  // MicroPython does not start over the remains of something else.
  const isForeign = contents === 'other' || contents === 'other-layout';
  return isForeign && !keepFiles ? 'erase-and-write' : 'write';
}
