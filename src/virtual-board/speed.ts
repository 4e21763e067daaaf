// How fast a virtual board is: a chip's own time, none at all, or ten times a chip's.

export const SPEEDS = ['real', 'max', 'slow'] as const;
/** `slow`: the line is as fast as ever; flash, start and interpreter take ten times what they take on a chip. */
export type Speed = (typeof SPEEDS)[number];

/** How many times longer than on a chip something takes. */
export const TIMES_SLOWER: Readonly<Record<Speed, number>> = { real: 1, max: 0, slow: 10 };
