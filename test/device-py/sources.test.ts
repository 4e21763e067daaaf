// What a board of any version from v1.12 on could not compile, run or hold, found without a board.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEVICE_FOLDER } from '../support/micropython.js';
import { faults, formatted } from '../support/python-checks.js';

const names = readdirSync(DEVICE_FOLDER);
const pythonNames = names.filter((name) => name.endsWith('.py'));
const read = (name: string) => readFileSync(`${DEVICE_FOLDER}${name}`, 'utf8');

describe.each(pythonNames)('%s', (name) => {
  it('is Python that every board from v1.12 on can run', () => expect(faults(read(name))).toEqual([]));

  it('is formatted', () => expect(formatted(read(name))).toBe(read(name)));

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
