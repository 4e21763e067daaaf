// MicroPython decides whether the short form means the same.
import { inflateRawSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { minifyPython } from '../../../scripts/minify-python.js';
import { assemble, type Parameters, packed } from '../../../src/board-scripts/python-source.js';
import { type MicroPython, startMicroPython } from '../../support/micropython.js';

let py: MicroPython;
beforeAll(async () => {
  py = await startMicroPython();
});

const PROGRAM = `
# A comment, and an empty line after it.

def f(n):
    found = []
    for i in range(n):
        if i % 2:
            continue
        found.append(i)
        try:
            if i == 4:
                raise ValueError('four')
        except ValueError as error:
            found.append(str(error))
        else:
            found.append('-')
        finally:
            found.append('.')
    else:
        found.append('done')
    while n:
        n -= 1
        if n == 3:
            break
    if n == 3:
        found.append('three')
    elif n:
        found.append('more')
    else:
        found.append('zero')
    return found
print(f(6))
print(f(2))
with open('x', 'w') as file:
    file.write('# kept')
    file.write('    kept')
print(open('x').read())
`;

/** As the build and the tool together make it. */
function short(source: string, parameters: Parameters = {}): string {
  return assemble([minifyPython(new Map([['program', source]])).texts.get('program') ?? ''], parameters);
}

test('the short form does what the long one does', () => {
  const output = py.run(PROGRAM);
  expect(output).toContain("'three'");
  expect(py.run(short(PROGRAM))).toBe(output);
  expect(short(PROGRAM).length).toBeLessThan(PROGRAM.length * 0.6);
});

test('a body of one line goes behind its header, one of several does not', () => {
  expect(assemble(['if a:\n b()\n c()\nd()'])).toBe('if a:b();c()\nd()');
  expect(assemble(['if a:\n b()\n for c in d:\n  e()\nf()'])).toBe('if a:\n b()\n for c in d:e()\nf()');
});

test('names get short: not those of modules, attributes, keyword arguments and built-ins', () => {
  const source = `
"""Docstring."""
import sys
import uos as system
from parameters import WORDS

_LIMIT = 0x10
words = WORDS  # comment


def longest(candidates, default=""):
    result = default
    for candidate in candidates:
        if len(candidate) > len(result) and len(candidate) < _LIMIT:
            result = candidate
    return result


print(
    longest(words, "x"), sorted(words, key=lambda word: len(word)), sep=", ", end=sys.platform[:0] + "\\n"
)
print(longest.__name__, system.listdir()[:0])
`;
  expect(short(source, { WORDS: ['a', 'abc'] })).toBe(
    "import sys,uos as g;d=['a','abc']\ndef c(e,f=''):\n b=f\n for a in e:\n" +
      '  if len(a)>len(b)and len(a)<0x10:b=a\n return b\n' +
      "print(c(d,'x'),sorted(d,key=lambda h:len(h)),sep=', ',end=sys.platform[:0]+'\\n');print(c.__name__,g.listdir()[:0])",
  );
});

test('programs share the names of their functions', () => {
  const { texts, names } = minifyPython(
    new Map([
      ['one', 'import uos as os\ndef double(number):\n    os.sync()\n    return 2 * number'],
      ['two', 'from one import double, os\nfrom parameters import NUMBER\nos.sync()\nprint(double(NUMBER))'],
    ]),
  );
  const [double, os] = [names.get('double'), names.get('os')];
  expect(texts.get('one')).toBe(`import uos as ${os}\ndef ${double}(a):\n ${os}.sync()\n return 2*a`);
  expect(texts.get('two')).toBe(`${os}.sync()\nprint(${double}($NUMBER$))`);
});

test('a block that depends on a parameter alone is sent or left out', () => {
  const program = 'if $A$:\n if not $B$:\n  a()\n b()\nelse:\n c()\nd()';
  expect(assemble([program], { A: true, B: true })).toBe('b();d()');
  expect(assemble([program], { A: true, B: false })).toBe('a();b();d()');
  expect(assemble([program], { A: false, B: false })).toBe('c();d()');
  expect(() => assemble([program], { A: true })).toThrow('parameter B');
});

test.each([1, 2])(
  '%d packed programs do what the plain do, and hold no byte that ends them early',
  (count) => {
    const programs = Array<string>(count).fill(PROGRAM);
    const code = Buffer.from(packed(programs, 'deflate'));
    expect([...code].filter((byte) => byte < 6 || byte === 13)).toEqual([]);
    expect(code.length).toBeLessThan(PROGRAM.length * 0.7);
    // The interpreter is handed text here: each byte is given as an escape.
    const source = code
      .toString('latin1')
      .replace(/[^ -~\n]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
    expect(py.run(source)).toBe(py.run(PROGRAM).repeat(count));
  },
);

test('what boards without `deflate` unpack is raw deflate in a bytes literal', () => {
  const code = Buffer.from(packed([PROGRAM], 'uzlib')).toString('latin1');
  const [, literal = ''] = /^import uzlib\nexec\(uzlib\.decompress\(b'(.*)',-11\)\)$/s.exec(code) ?? [];
  const bytes = literal.replace(/\\(?:([0-7]{1,3})|(n)|(r)|(.))/g, (_all, octal, n, _r, other) =>
    octal ? String.fromCharCode(Number.parseInt(octal, 8)) : (other ?? (n ? '\n' : '\r')),
  );
  expect(inflateRawSync(Buffer.from(bytes, 'latin1')).toString()).toBe(PROGRAM);
});
