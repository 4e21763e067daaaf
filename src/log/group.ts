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

/** A longer group is cut: what follows are lines. */
const MAX_LINES = 200;

/**
 * Lines that belong to an event by their form.
 * @param isLast the line that completes it
 */
export function collect(
  first: string,
  belongs: { test(line: string): boolean },
  isLast: RegExp | undefined,
  meaning: (lines: readonly string[]) => LineMeaning,
  maxLines = MAX_LINES,
): Group {
  const lines = [first];
  return {
    lines,
    take(line) {
      const ends = isLast?.test(line) ?? false;
      if (!ends && (lines.length === maxLines || !belongs.test(line))) return { kind: 'refused' };
      lines.push(line);
      return ends ? { kind: 'complete', meaning: meaning(lines) } : { kind: 'taken' };
    },
    end: () => meaning(lines),
  };
}
