// Several lines that are one event.

import type { LineMeaning } from './events.js';

/** What became of a line. A group that refuses one has ended before it. */
type Taken =
  | { readonly kind: 'taken' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'complete'; readonly meaning: LineMeaning };

/** Lines that belong together, being collected. */
export interface Group {
  /** All so far. */
  readonly lines: readonly string[];
  take(line: string): Taken;
  /** What they mean if no more come; `undefined` when they are lines and no more. */
  end(): LineMeaning | undefined;
}
