// What has to be done to a flash, decided from what it holds. No port here.

import type { FlashContents } from '../../esp/flash-contents.js';

/** `nothing`: it holds this very image. */
export type FlashPlan = 'nothing' | 'write' | 'erase-and-write';

interface Wishes {
  /** Erase everything, whatever it holds. */
  erase: boolean;
  /** Erase nothing but what the image covers. */
  keepFiles: boolean;
}

export function planFlash(contents: FlashContents, { erase, keepFiles }: Wishes): FlashPlan {
  if (erase) return 'erase-and-write';
  if (contents === 'same') return 'nothing';
  // MicroPython does not start over the remains of something else.
  const isForeign = contents === 'other' || contents === 'other-layout';
  return isForeign && !keepFiles ? 'erase-and-write' : 'write';
}
