// A secret in a line, and what finds one. Types only.

/** A part of a line. */
export interface Secret {
  readonly start: number;
  readonly end: number;
  /** Nothing that may still come in the same line changes it. */
  readonly isCertain: boolean;
}

/**
 * The first secret at or after `from`.
 * @param isWhole false while the rest of the line is still to come: in doubt it is a secret then
 */
export type FindSecret = (line: string, isWhole: boolean, from: number) => Secret | undefined;
