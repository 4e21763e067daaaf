import { afterAll, expect, test } from 'vitest';
import { SyntaxCheck } from '../../../../src/portal/compiler/syntax-check.js';

const check = new SyntaxCheck();
afterAll(() => check[Symbol.dispose]());

test.each([
  ['x = 1\ndef f(:\n', { line: 2, message: 'SyntaxError: invalid syntax' }],
  ['def f():\n  x = 1\n y = 2\n', { line: 2, message: expect.stringMatching(/^IndentationError/) }],
  ['return 1\n', { line: 1, message: "SyntaxError: 'return' outside function" }],
])('finds the mistake in %j', async (source, problem) => {
  expect(await check.find(source)).toEqual(problem);
});

test.each([
  'async def f():\n  await g()\n',
  'import machine\n@micropython.native\ndef f(a):\n  return a\n',
  'raise SystemExit\nimport js\njs.process.exit(1)\n',
  '',
])('takes %j, of which nothing runs', async (source) => {
  expect(await check.find(source)).toBeUndefined();
});
