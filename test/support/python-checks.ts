// What a board of any version from v1.12 on could not compile, run or hold, found without a board.
import { Workspace } from '@astral-sh/ruff-wasm-nodejs';

const linter = new Workspace(
  { 'target-version': 'py37', 'line-length': 110, lint: { select: ['E', 'F', 'B', 'W'] }, format: {} },
  0,
);

// Absent on ESP8266 (see MicroPython's ports/esp8266/mpconfigport.h), though CPython has them.
const ABSENT = [
  /\.(partition|rpartition|splitlines|center|removeprefix|removesuffix|isalnum|casefold|zfill|title)\(/,
  /\b(md5|crc32|randint|randrange|choice|compile|execfile|complex|NotImplemented|__file__)\b/,
  /\brandom\.(random|uniform)\b/,
  /\bmath\.(inf|nan|tau|factorial|isclose|expm1|log2|log10|a?cosh|a?sinh|a?tanh|erfc?|l?gamma)\b/,
  /\b__(setattr|delattr)__\b/,
  /\.(hex|fromhex|indices)\(/, // bytes.hex is younger than v1.12
  /\bnext\(.*,.*\)/, // next() with a default
  /\biter\(.*,.*\)/, // iter() with a sentinel
  /\b(async|await|nonlocal)\b/,
];

/** What is wrong with a source, a line each. */
export function faults(source: string): string[] {
  const found: { code: string; message: string; start_location: { row: number } }[] = linter.check(source);
  // main.py imports the user's program for what it does, not for its names.
  const wrong = found.filter(({ message }) => message !== '`app` imported but unused');
  const problems = wrong.map(
    ({ code, message, start_location }) => `${start_location.row}: ${code} ${message}`,
  );
  if (linter.tokens(source).includes('FStringStart')) problems.push('f-string');
  const code = source.replace(/"""[\s\S]*?"""/g, '').replace(/#.*/g, '');
  for (const absent of ABSENT) {
    const match = absent.exec(code);
    if (match) problems.push(`not on ESP8266: ${match[0]}`);
  }
  if (/\bdef \w+\([^)]*:|\)\s*->/.test(code)) problems.push('annotation');
  return problems;
}

export function formatted(source: string): string {
  return linter.format(source);
}
