// What a program on the virtual board can get hold of: nothing of this computer's JavaScript.
import { describe, expect, test } from 'vitest';
import {
  HostChannel,
  hostFunction,
} from '../../../../src/virtual-board/interpreter/host-functions/host-channel.js';
import { loadRuntime } from '../../../../src/virtual-board/interpreter/runtime/load-runtime.js';
import { installedRuntimes } from '../../../../src/virtual-board/interpreter/runtime/runtimes.js';
import { RunningBoard, VERSIONS } from './running-board.js';

/** Goes through everything that Python reaches, however it is nested, and prints what does not belong to Python. */
const WALK = `
import sys, gc, builtins
real = sys._real
def again(name):
    sys.modules.pop(name, None)
    return __import__(name)
roots = [dict(sys.modules), dict(real.modules), real, builtins, globals(), gc, again('js'), again('jsffi')]
seen, todo, foreign, count = set(), [('root', r) for r in roots], [], 0
# dir() tries each name that the interpreter knows. All objects of these types have the same names.
alike = ('bound_method', 'function', 'closure', 'generator', 'code', 'dict', 'list', 'tuple', 'set')
names_of = {}
def names(o):
    kind = type(o)
    if kind.__name__ not in alike:
        return dir(o)
    if kind not in names_of:
        names_of[kind] = dir(o)
    return names_of[kind]
while todo:
    path, o = todo.pop()
    if id(o) in seen or isinstance(o, (int, str, bytes, float)):
        continue
    seen.add(id(o))
    count += 1
    if 'Js' in type(o).__name__ or 'Js' in repr(type(o)):
        foreign.append(path)
    for name in ('constructor', '__proto__', 'prototype', '_ref', 'globalThis', '__closure__'):
        if not isinstance(o, dict) and hasattr(o, name):
            foreign.append(path + '.' + name)
    if isinstance(o, dict):
        todo.extend([(path + '[' + repr(k) + ']', v) for k, v in list(o.items())] + [(path, k) for k in o])
    elif isinstance(o, (list, tuple)):
        todo.extend([(path + '[]', v) for v in o])
    for name in names(o) + ['__globals__', '__code__', '__self__', '__dict__', '__class__', '__name__']:
        try:
            todo.append((path + '.' + name, getattr(o, name)))
        except (AttributeError, NameError, TypeError, OSError):
            pass
print(foreign, count > 500)
`;

test.each([
  ...VERSIONS.map((version) => [version, 'esp32'] as const), // has all modules of an ESP8266
  [VERSIONS.at(-1) ?? '', 'esp8266'] as const,
])('MicroPython %s reaches no object of JavaScript from any module of an %s', async (version, chip) => {
  await using board = new RunningBoard({ version, chip });
  await board.until('>>> ');
  await board.enterRaw();
  expect(await board.exec(WALK)).toEqual({ out: '[] True\r\n', error: '' });
});

describe.each(VERSIONS)('MicroPython %s', (version) => {
  test('calls functions of the host with bytes alone, whatever a program passes', async () => {
    await using board = new RunningBoard({ version });
    await board.until('>>> ');
    await board.enterRaw();
    const { out } = await board.exec(
      `
import machine
def attempt(f, *args):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__)
b = machine._board
attempt(b.constructor)
attempt(b._call, 255, ())
attempt(b.sleep, 'x')
attempt(b.sleep)
attempt(b.sleep, float('inf'))
attempt(b.file_seek, 1, float('nan'), 0)
attempt(b.file_open, '__proto__', 'constructor')
attempt(b.radio_configure_ap, '{"__proto__": {"ssid": "00"}, "ssid": 5}')
attempt(b._device.readinto, bytearray(3))
`.replace('attempt(b.constructor)', 'attempt(lambda: b.constructor)'),
    );
    expect(out.trim().split('\r\n')).toEqual([
      'AttributeError',
      'RuntimeError',
      'RuntimeError',
      'RuntimeError',
      'RuntimeError',
      'RuntimeError',
      '-22',
      '0',
      '3',
    ]);
    expect(board.messages.filter((text) => text.includes('failed'))).toEqual([]);
  });
});

describe.each(installedRuntimes())('$runtime.version', ({ path }) => {
  // As a program could make one by writing to the interpreter's memory.
  test('calls no function of JavaScript, even with one in its hands', async () => {
    let called = false;
    const { python } = await loadRuntime(path, 256 * 1024, () => {});
    const { registerJsModule } = python as unknown as {
      registerJsModule(name: string, module: object): void;
    };
    registerJsModule('host', {
      act: () => {
        called = true;
      },
    });
    expect(() => python.runPython('import host\nhost.act.constructor')).toThrow('AttributeError');
    expect(() => python.runPython('host.act()')).toThrow('AttributeError');
    expect(() => python.runPython('host()')).toThrow('bridge to JavaScript');
    expect(called).toBe(false);
  });
});

test('a request that leaves its frame, or has arguments of other kinds, is answered with an error', () => {
  const calls: unknown[] = [];
  const channel = new HostChannel({
    act: hostFunction(['bytes', 'number'], (...args) => {
      calls.push(args);
    }),
  });
  const frames = [
    [1, 2, 3, 255, 255, 255, 255],
    [1, 2, 1],
    [1, 1],
    [2, 0],
    [255, 0],
  ];
  for (const frame of frames) {
    const bytes = new Uint8Array(16);
    bytes.set(frame);
    channel.answer(bytes);
    expect(bytes[0]).toBe(4);
  }
  expect(calls).toEqual([]);
});
