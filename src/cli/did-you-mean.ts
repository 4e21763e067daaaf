// Guesses what a misspelt option was meant to be.

import { closest, distance } from 'fastest-levenshtein';

/** More changes than this are another word. */
const MAX_CHANGES = 3;

/** @returns the candidate that looks most like the word, unless none does */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const guess = closest(word, candidates);
  return distance(word, guess) <= Math.min(MAX_CHANGES, word.length / 2) ? guess : undefined;
}
