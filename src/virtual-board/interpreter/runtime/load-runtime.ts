// Loads one of the MicroPython interpreters without its bridge to JavaScript. A separate file, so that only the interpreter's
// thread has them in memory.

import { pathToFileURL } from 'node:url';
import type { loadMicroPython, MicroPython } from '@micropython/micropython-webassembly-pyscript';
import { keepTableEntries } from './function-table.js';

const PYSTACK_WORDS = 4 * 1024;

/**
 * What the interpreter needs of JavaScript: its files (in memory), its clock, random numbers, memory, `setjmp`. All
 * else belongs to the modules `js` and `jsffi`, and would still be there for a program that writes to the interpreter's
 * memory, as `uctypes` lets it.
 */
const NEEDED =
  /^(?:invoke_\w+|__syscall_\w+|fd_\w+|emscripten_(?:memcpy_js|resize_heap)|_emscripten_throw_longjmp|_abort_js|mp_js_(?:random_u32|ticks_ms|time_ms))$/;
/** For missing attributes: AttributeError in Python, and no proxy of a Python object. */
const NOTHING_THERE: ReadonlyMap<string, number> = new Map([
  ['has_attr', 0],
  ['lookup_attr', 0],
  ['js_check_existing', -1],
]);

/** An interpreter, with what its module has outside its memory. */
export interface LoadedRuntime {
  readonly python: MicroPython;
  readonly memory: WebAssembly.Memory;
  /** Makes it the one that its port's JavaScript works on, and its C stack empty: of several in a thread one runs. */
  select(): void;
}

/**
 * Creates an interpreter of that version whose Python cannot access JavaScript objects: WebAssembly calls what it
 * imports and nothing else. Only for a thread that runs no other WebAssembly.
 * @param heapBytes with which it begins
 * @param write gets what it prints
 */
export async function loadRuntime(
  path: string,
  heapBytes: number,
  write: (bytes: Uint8Array) => void,
): Promise<LoadedRuntime> {
  const module: { loadMicroPython: typeof loadMicroPython } = await import(pathToFileURL(path).href);
  const { instantiate } = WebAssembly;
  const registry = globalThis.FinalizationRegistry;
  let exports: RuntimeExports | undefined;
  WebAssembly.instantiate = async (binary, imports) => {
    const instantiated = await instantiate(binary, withoutBridge(imports));
    exports = instantiated.instance?.exports as RuntimeExports | undefined;
    return keepTableEntries(instantiated);
  };
  // It would tell an interpreter about objects that JavaScript had from an earlier one.
  Object.assign(globalThis, { FinalizationRegistry: NoRegistry });
  try {
    const python = await module.loadMicroPython({
      heapsize: heapBytes,
      pystack: PYSTACK_WORDS,
      linebuffer: false,
      stdin: () => null,
      stdout: write,
      stderr: write,
    });
    writeWhole(python, write);
    if (exports === undefined) throw new Error(`${path} was not instantiated as expected.`);
    const { memory, _emscripten_stack_restore, stackRestore = _emscripten_stack_restore } = exports;
    const emptyStack = exports.emscripten_stack_get_current();
    return {
      python,
      memory,
      select() {
        Object.assign(globalThis, { Module: python._module });
        stackRestore?.(emptyStack);
      },
    };
  } finally {
    WebAssembly.instantiate = instantiate;
    Object.assign(globalThis, { FinalizationRegistry: registry });
  }
}

/** What of it is used here. Emscripten renamed the one that sets the stack. */
interface RuntimeExports {
  readonly memory: WebAssembly.Memory;
  emscripten_stack_get_current(): number;
  stackRestore?(pointer: number): void;
  _emscripten_stack_restore?(pointer: number): void;
}

/** The port hands over single bytes; one level below, each write is whole. */
function writeWhole(python: MicroPython, write: (bytes: Uint8Array) => void): void {
  for (const fd of [1, 2]) {
    const stream = python.FS.getStream(fd);
    stream.stream_ops = {
      ...stream.stream_ops,
      write(_stream, memory, offset, length) {
        write(Uint8Array.from(memory.subarray(offset, offset + length)));
        return length;
      },
    };
  }
}

class NoRegistry {
  register(): void {}
}

function withoutBridge(imports: WebAssembly.Imports): WebAssembly.Imports {
  return Object.fromEntries(
    Object.entries(imports).map(([module, functions]) => [
      module,
      Object.fromEntries(
        Object.entries(functions).map(([name, value]) => [name, NEEDED.test(name) ? value : refusal(name)]),
      ),
    ]),
  );
}

/** Ends the interpreter: only a program that searches for the bridge calls this. */
function refusal(name: string): () => number {
  const answer = NOTHING_THERE.get(name);
  return () => {
    if (answer !== undefined) return answer;
    throw new Error(`a program on the board used the bridge to JavaScript (${name})`);
  };
}
