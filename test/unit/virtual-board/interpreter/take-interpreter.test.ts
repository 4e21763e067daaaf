import { describe, expect, test } from 'vitest';
import { libraryFunctions } from '../../../../src/virtual-board/interpreter/host-functions/library.js';
import { socketFunctions } from '../../../../src/virtual-board/interpreter/host-functions/socket-functions.js';
import { systemFunctions } from '../../../../src/virtual-board/interpreter/host-functions/system-functions.js';
import { takeInterpreter } from '../../../../src/virtual-board/interpreter/prepared-interpreter.js';
import { loadRuntime } from '../../../../src/virtual-board/interpreter/runtime/load-runtime.js';
import { installedRuntimes } from '../../../../src/virtual-board/interpreter/runtime/runtimes.js';

describe.each(installedRuntimes())('$runtime.version', ({ runtime, path }) => {
  const facts = {
    chip: 'esp8266',
    version: runtime.version,
    buildDate: runtime.buildDate,
    build: { machine: 'ESP module with ESP8266', mpy: 0x1006, wifi: 'answers' },
    flashSizeBytes: 4 * 1024 * 1024,
  };
  // Nothing of what they are made with is used while no program runs.
  const functions = {
    ...systemFunctions({ facts } as never),
    ...socketFunctions(undefined as never, undefined as never),
    ...libraryFunctions('esp8266', facts.build.machine, ''),
  };
  const take = (write: (bytes: Uint8Array) => void = () => {}) =>
    takeInterpreter(path, { console: { write } as never, functions });

  test('the same one is taken again, until its memory has grown', async () => {
    const first = await take();
    expect(await take()).toBe(first);
    first.python.runPython(
      'x = []\ntry:\n  while len(x) < 200:\n    x.append(bytearray(100000))\nexcept MemoryError:\n  pass',
    );
    const second = await take();
    expect(second).not.toBe(first);
    expect(await take()).toBe(second);
  });

  test('its C stack is as deep after 100 programs that ended in the middle of a call', async () => {
    const depth = async () => {
      let printed = '';
      const { python } = await take((bytes) => {
        printed += Buffer.from(bytes).toString();
      });
      python.runPython(
        'd = 0\ndef f(_):\n  global d\n  d += 1\n  max([1], key=f)\ntry:\n  f(1)\nexcept RuntimeError:\n  print(d)',
      );
      return Number(printed);
    };
    class Stopped extends Error {}
    const stop = () => {
      throw new Stopped();
    };
    const before = await depth();
    for (let life = 0; life < 100; life++) {
      const { python } = await take(stop);
      expect(() => python.runPython('print()')).toThrow(Stopped);
    }
    expect(before).toBeGreaterThan(10);
    expect(await depth()).toBe(before);
  });

  test('the garbage collection of JavaScript frees nothing in it', async () => {
    const { FinalizationRegistry: own } = globalThis;
    await loadRuntime(path, 256 * 1024, () => {});
    expect(globalThis.FinalizationRegistry).toBe(own);
    const { pyProxyFinalizationRegistry: its } = globalThis as unknown as Record<string, object>;
    expect(its).toHaveProperty('register');
    expect(its).not.toBeInstanceOf(own);
  });
});
