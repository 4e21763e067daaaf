// Suggestions for mistyped words, for messages.

import { closest, distance } from 'fastest-levenshtein';

/** More changes than this make another word. */
const MAX_CHANGES = 3;

/** @returns the candidate that is nearest to a word, `undefined` when none is near */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const candidate = closest(word, candidates);
  return distance(word, candidate) <= Math.min(MAX_CHANGES, word.length / 2) ? candidate : undefined;
}

/** @returns a question to append to a sentence, '' without a suggestion */
export function didYouMean(guess: string | undefined): string {
  return guess === undefined ? '' : ` Did you mean ${guess}?`;
}
