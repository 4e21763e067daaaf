// Loads one of the MicroPython interpreters without its bridge to JavaScript. A separate file, so that only the interpreter's
// thread has them in memory.

import { pathToFileURL } from 'node:url';
import type { loadMicroPython } from '@micropython/micropython-webassembly-pyscript';
import { keepTableEntries } from './function-table.js';

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

/**
 * Creates an interpreter of that version whose Python cannot access JavaScript objects: WebAssembly calls what it
 * imports and nothing else. Only for a thread that runs no other WebAssembly.
 */
export async function loadRuntime(path: string): Promise<typeof loadMicroPython> {
  const module: { loadMicroPython: typeof loadMicroPython } = await import(pathToFileURL(path).href);
  return async (options) => {
    const { instantiate } = WebAssembly;
    let isCut = false;
    WebAssembly.instantiate = (binary, imports) => {
      isCut = true;
      return instantiate(binary, withoutBridge(imports)).then(keepTableEntries);
    };
    try {
      const python = await module.loadMicroPython(options);
      if (!isCut) throw new Error(`${path} was not instantiated as expected.`);
      return python;
    } finally {
      WebAssembly.instantiate = instantiate;
    }
  };
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
