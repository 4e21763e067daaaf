// Error bytes of the ROMs, as the protocol's documentation lists them; behind a status of 1.

import type { CommandOutcome } from './command-loop.js';

export const ROM_ERROR = {
  invalidMessage: 0x05,
  failed: 0x06,
  badChecksum: 0x07,
  deflateError: 0x0b,
} as const;

export function failed(error: number): CommandOutcome {
  return { failure: [1, error] };
}
