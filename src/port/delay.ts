// Waiting that ends as every other wait here does when its caller gives up.

import { setTimeout } from 'node:timers/promises';

/** @throws the signal's reason when it aborts (Node's own timer throws an AbortError around it) */
export async function delay(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
