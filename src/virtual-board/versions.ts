// Versions of MicroPython, as far as virtual boards differ by them. Pure.

/** @returns whether a firmware is at least as new as `minimum`, such as `1.26` */
export function isAtLeast(version: string, minimum: string): boolean {
  return minorOf(version) >= minorOf(minimum);
}

/** 1.27 as 1027: one number to compare. */
export function minorOf(version: string): number {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major * 1000 + minor;
}
