// What a measurement gives: a line of text, and whether it is within its limit.

/**
 * @param {string} what
 * @param {number} value
 * @param {string} unit
 * @param {{ atMost?: number, atLeast?: number, note?: string }} options without a limit it is only shown
 */
export function figure(what, value, unit, { atMost, atLeast, note } = {}) {
  const isWithinLimit =
    !Number.isNaN(value) && value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? -Infinity);
  const limits = [
    ...(atMost === undefined ? [] : [`at most ${short(atMost)}`]),
    ...(atLeast === undefined ? [] : [`at least ${short(atLeast)}`]),
  ];
  const limit = limits.length > 0 ? ` (${limits.join(', ')})` : '';
  const text = `${isWithinLimit ? '' : 'OVER  '}${what}: ${short(value)} ${unit}${limit}${note ? `; ${note}` : ''}`;
  return { text, value, isWithinLimit };
}

/** Another program that is busy adds time and never takes any away: the first figure within its limit counts. */
export async function bestOf(tries, measure) {
  let best = await measure();
  for (let round = 1; round < tries && !best.isWithinLimit; round++) {
    const again = await measure();
    if (again.isWithinLimit || again.value < best.value) best = again;
  }
  return best;
}

/** @param {number[]} values */
export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

function short(value) {
  return Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
