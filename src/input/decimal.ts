// Numbers as people type them: decimal digits only. Number() would also take '', ' 7 ', 0x10, 1e3 and Infinity.

/** @returns `undefined` for anything but digits without leading zeros, and for more than a double can count */
export function parseWhole(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d*)$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

/** As parseWhole; digits may follow a decimal point. */
export function parseDecimal(text: string): number | undefined {
  return /^(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
}
