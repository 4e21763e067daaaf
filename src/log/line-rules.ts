// How a line is recognised: by its first character, then by its first words, and only then by a pattern, because most
// lines are none of those that are known and must cost next to nothing.

import type { LineMeaning } from './events.js';

/** A line that begins with these words may mean something. */
export interface LineRule {
  readonly start: string;
  /** @returns `undefined` when it does not after all */
  readonly read: (line: string) => LineMeaning | undefined;
}

/** The whole line is these words. */
export function exactly(start: string, meaning: LineMeaning): LineRule {
  return { start, read: (line) => (line.length === start.length ? meaning : undefined) };
}

/** Anything may follow. */
export function starting(start: string, meaning: LineMeaning): LineRule {
  return { start, read: () => meaning };
}

/** `read` gets the groups of the pattern, the whole match first. */
export function matching(
  start: string,
  pattern: RegExp,
  read: (groups: readonly string[]) => LineMeaning,
): LineRule {
  return {
    start,
    read: (line) => {
      const match = pattern.exec(line);
      return match ? read(match) : undefined;
    },
  };
}

/** Rules by the code of their first character. */
export type RuleTable = readonly (readonly LineRule[] | undefined)[];

/** @param rules in order: the first that reads a line decides */
export function ruleTable(rules: readonly LineRule[]): RuleTable {
  return Array.from({ length: 128 }, (_, code) => {
    const found = rules.filter(({ start }) => start.charCodeAt(0) === code);
    return found.length > 0 ? found : undefined;
  });
}

export function readByRules(table: RuleTable, line: string): LineMeaning | undefined {
  const rules = table[line.charCodeAt(0)];
  if (rules === undefined) return undefined;
  for (const { start, read } of rules) {
    const meaning = line.startsWith(start) ? read(line) : undefined;
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}
