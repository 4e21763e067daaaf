// What a board of any version from v1.12 on could not compile, run or hold, found without a board.
import { readdirSync, readFileSync } from 'node:fs';
import { Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { describe, expect, it } from 'vitest';
import { DEVICE_FOLDER } from '../support/micropython.js';

const ruff = new Workspace(
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
function faults(source: string): string[] {
  const found: { code: string; message: string; start_location: { row: number } }[] = ruff.check(source);
  // main.py imports the user's program for what it does, not for its names.
  const wrong = found.filter(({ message }) => message !== '`app` imported but unused');
  const problems = wrong.map(
    ({ code, message, start_location }) => `${start_location.row}: ${code} ${message}`,
  );
  if (ruff.tokens(source).includes('FStringStart')) problems.push('f-string');
  const code = source.replace(/"""[\s\S]*?"""/g, '').replace(/#.*/g, '');
  for (const absent of ABSENT) {
    const match = absent.exec(code);
    if (match) problems.push(`not on ESP8266: ${match[0]}`);
  }
  if (/\bdef \w+\([^)]*:|\)\s*->/.test(code)) problems.push('annotation');
  return problems;
}

const names = readdirSync(DEVICE_FOLDER);
const pythonNames = names.filter((name) => name.endsWith('.py'));
const read = (name: string) => readFileSync(`${DEVICE_FOLDER}${name}`, 'utf8');

describe.each(pythonNames)('%s', (name) => {
  it('is Python that every board from v1.12 on can run', () => expect(faults(read(name))).toEqual([]));

  it('is formatted', () => expect(ruff.format(read(name))).toBe(read(name)));

  it('has at most 6 KB, so that an ESP8266 can compile it', () => {
    expect(Buffer.byteLength(read(name))).toBeLessThanOrEqual(6144);
  });

  it('has a docstring', () => {
    if (name !== 'main.py') expect(read(name)).toMatch(/^"""[A-Z]/);
  });
});

describe('the check of sources', () => {
  it.each([
    'if (x := 3):\n    pass\n',
    'match x:\n    case 1:\n        pass\n',
    'y = f"{x}"\n',
    'head, _, tail = "a:b".partition(":")\n',
    'import random\n\nx = random.randrange(3)\n',
    'import math\n\nx = math.inf\n',
    'x = b"ab".hex()\n',
    'def size(name: str):\n    pass\n',
    'value = next(iter(()), None)\n',
    'async def main():\n    pass\n',
    'import os\n',
  ])('finds what a board has not: %j', (source) => expect(faults(source)).not.toEqual([]));
});

describe('the pages', () => {
  const pages = names.filter((name) => name.endsWith('.html'));

  it('have lines short enough to be read one at a time', () => {
    for (const name of pages) {
      expect(
        Math.max(
          ...read(name)
            .split('\n')
            .map((line) => line.length),
        ),
        name,
      ).toBeLessThanOrEqual(280);
    }
  });

  it('load nothing from outside, and contain no answer of an online probe', () => {
    for (const name of pages) {
      expect(read(name), name).not.toMatch(/https?:|url\(|@import|\bsrc=/);
      expect(read(name), name).not.toMatch(/success/i);
    }
  });
});
