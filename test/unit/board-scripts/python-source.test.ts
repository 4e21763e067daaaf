// MicroPython decides whether the short form means the same.
import { inflateRawSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { minify, packed } from '../../../src/board-scripts/python-source.js';
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

test('the short form does what the long one does', () => {
  const short = minify(PROGRAM);
  const output = py.run(PROGRAM);
  expect(output).toContain("'three'");
  expect(py.run(short)).toBe(output);
  expect(short.length).toBeLessThan(PROGRAM.length * 0.7);
});

test('a body of one line goes behind its header, one of several does not', () => {
  expect(minify('if a:\n    b()\n    c()\nd()')).toBe('if a:b();c()\nd()');
  expect(minify('if a:\n    b()\n    for c in d:\n        e()\nf()')).toBe(
    'if a:\n b()\n for c in d:e()\nf()',
  );
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
  const bytes = literal.replace(/\\(?:x(..)|(n)|(r)|(.))/g, (_all, hex, n, _r, other) =>
    hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (other ?? (n ? '\n' : '\r')),
  );
  expect(inflateRawSync(Buffer.from(bytes, 'latin1')).toString()).toBe(PROGRAM);
});
