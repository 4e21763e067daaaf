import { expect, test } from 'vitest';
import { compileApp } from '../../../../src/portal/compiler/compile-app.js';

const file = (path: string, text: string) => ({ path, bytes: Buffer.from(text) });

test('a module in a folder is compiled, and tracebacks name it as it is', async () => {
  const [module, text] = await compileApp([file('lib/util.py', 'VALUE = 42\n'), file('data.txt', 'x')]);
  expect(module?.path).toBe('lib/util.mpy');
  expect(Buffer.from(module?.bytes ?? []).subarray(0, 2)).toEqual(Buffer.from([0x4d, 6])); // 'M', format 6
  expect(Buffer.from(module?.bytes ?? []).includes('lib/util.py')).toBe(true);
  expect(text).toEqual(file('data.txt', 'x'));
});

test.each([
  ['x = 1\nif:\n', 'lib/bad.py, line 2: invalid syntax.'],
  ['x = 1\n  y = 2\n', 'lib/bad.py, line 2: IndentationError: unexpected indent.'],
])('an error is reported with its line: %j', async (source, message) => {
  await expect(compileApp([file('lib/bad.py', source)])).rejects.toMatchObject({
    code: 'usage',
    message: `--app-mpy: ${message}`,
  });
});

test('nothing of this process is touched while the compiler runs', async () => {
  const { fetch } = globalThis;
  const listeners = () =>
    ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event));
  const before = listeners();
  const compiling = compileApp([file('a.py', ''), file('b.py', '')]);
  for (let done = false; !done; ) {
    done = await Promise.race([
      compiling.then(() => true),
      new Promise<false>((go) => setImmediate(go, false)),
    ]);
    expect(globalThis.fetch).toBe(fetch);
    expect(listeners()).toEqual(before);
  }
});
