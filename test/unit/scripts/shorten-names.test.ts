// Which names of the portal's modules become short, and that text stays as it is.
import { expect, test } from 'vitest';
import { nameShortener } from '../../../scripts/shorten-names.js';

const shortened = (source: string) => nameShortener([source])(source);

test('a parameter and an attribute get names of the firmware, in every place', () => {
  const short = shortened('def f(request):\n    request.visitor = 1\n    return request.visitor\n');
  expect(short).toMatch(/^def f\((\w+)\):\n {4}\1\.(\w+) = 1\n {4}return \1\.\2\n$/);
  expect(short).not.toMatch(/request|visitor/);
});

test('an attribute is short, and a keyword or a method of another object with its name is not', () => {
  const source = 'def f(x):\n    x.status = 1\n    y.status()\n    g(status=x.status)\n';
  expect(shortened(source)).toMatch(
    /^def f\((\w+)\):\n {4}\1\.(?!status)(\w+) = 1\n {4}y\.status\(\)\n {4}g\(status=\1\.\2\)\n$/,
  );
});

test('a constant keeps its name, which the compiler replaces, and costs no import', () => {
  const source = 'from micropython import const\n\n_SIZE = const(4)\n';
  expect(shortened(source)).toBe('\n_SIZE = const(4)\n');
});

test.each([
  ['a function', 'def retry(value):\n    pass\n', 'retry'],
  ['a module', 'import network\ndef f(network):\n    pass\n', 'network'],
  ['a keyword', 'def f(task):\n    g(task=1)\n', 'task'],
  ['a method of another object', 'def f(x):\n    x.status = 1\n    y.status()\n', 'status'],
  ['an option', 'def f(essid):\n    pass\n', 'essid'],
])('%s keeps its name', (_what, source, name) => {
  expect(shortened(source)).toContain(name);
});

test.each([
  ['bytes of several lines', 'b"""\\\na="host"\n"""'],
  ['a string of several lines', '"""host "host" host"""'],
  ['a string', '"host \\" host"'],
  ['a comment', "# it's the host\n"],
])('%s keeps its words, and the names after it are found', (_what, text) => {
  const short = shortened(`def f(host):\n    x = ${text}\n    return host\n`);
  expect(short).toContain(text);
  expect(short.replace(text, '')).not.toContain('host');
});
