// Keeps the functions of WebAssembly that JavaScript has looked up by their number. Emscripten looks one up twice at each
// `setjmp`, which MicroPython calls at each `try` and wherever C calls Python: a thirtieth of a start, and a
// seventh of the tests of device-py.

/** @returns what it takes: an interpreter that has not run yet */
export function keepTableEntries(instantiated: WebAssembly.Instantiated): WebAssembly.Instantiated {
  for (const table of Object.values(instantiated.instance?.exports ?? {})) {
    if (table instanceof WebAssembly.Table) keepEntries(table);
  }
  return instantiated;
}

function keepEntries(table: WebAssembly.Table): void {
  const entries: unknown[] = [];
  const { get, set } = table;
  table.get = (index) => {
    entries[index] ??= get.call(table, index);
    return entries[index];
  };
  table.set = (index, value) => {
    entries[index] = undefined;
    set.call(table, index, value);
  };
}
