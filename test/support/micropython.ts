// Runs the board's Python in real MicroPython (WebAssembly), without a board: for modules, not for whole boards.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileMpy } from '../../scripts/mpy-cross.js';
import { readPortalBundle } from '../../src/portal/bundle.js';
import { FileError } from '../../src/virtual-board/interpreter/file-error.js';
import { loadRuntime } from '../../src/virtual-board/interpreter/runtime/load-runtime.js';
import { keepMachineCode } from '../../src/virtual-board/interpreter/runtime/machine-code.js';
import {
  OWN_RUNTIME,
  type Runtime,
  runtimeFor,
} from '../../src/virtual-board/interpreter/runtime/runtimes.js';
import { SavedRuntime } from '../../src/virtual-board/interpreter/runtime/saved-runtime.js';

/** More than a board has, for tests of what it keeps. */
const HEAP_BYTES = 4 * 1024 * 1024;

/** Where the board's own sources are. */
export const DEVICE_FOLDER = fileURLToPath(new URL('../../device-py/', import.meta.url));

/** A fresh interpreter with the board's files in it. Starting another one puts this one out of use. */
export interface MicroPython {
  /** Runs code at the top level; returns what it printed. A Python exception is thrown with its traceback. */
  run(code: string): string;
  /** The value of an expression that json.dumps can write. */
  value<T>(expression: string): T;
  /** Bytes allocated after a collection. This port collects only while no Python runs. */
  heldBytes(): number;
}

// Emscripten says 44 where a board says 2 (ENOENT).
const BOARD_ERRORS = `
import builtins, os, sys

def _as_on_board(function):
    def call(*args):
        try:
            return function(*args)
        except OSError as error:
            raise OSError(2 if error.args[0] == 44 else error.args[0])
    return call

class _Os:
    mkdir = staticmethod(os.mkdir)
    listdir = staticmethod(os.listdir)
    remove = staticmethod(_as_on_board(os.remove))
    rename = staticmethod(_as_on_board(os.rename))

builtins.open = _as_on_board(open)
sys.modules['os'] = _Os
`;

interface Setup {
  /** How the board's modules are stored: compiled, as they are written, or as they are installed: with short names. */
  readonly form?: 'mpy' | 'source' | 'installed';
  readonly runtime?: Runtime;
}

/** Not on a board without its option. */
const OPTIONAL = ['kept.py', 'index.py', 'static_ip.py', 'static_join.py'];

/** The portal's files as `install` puts them on a board whose MicroPython is 1.19 or later. */
function mpyFiles(): Promise<[name: string, bytes: Uint8Array][]> {
  compiled ??= compileAll();
  return compiled;
}

let compiled: Promise<[name: string, bytes: Uint8Array][]> | undefined;

function compileAll(): Promise<[name: string, bytes: Uint8Array][]> {
  const names = readdirSync(DEVICE_FOLDER).filter((name) => !OPTIONAL.includes(name));
  return Promise.all(
    names.map(async (name) => {
      const bytes = readFileSync(`${DEVICE_FOLDER}${name}`);
      if (!name.endsWith('.py') || name === 'main.py') return [name, bytes];
      return [name.replace('.py', '.mpy'), await compileMpy(name, bytes.toString('utf8'), 6, ['-O3'])];
    }),
  );
}

/** Of a file or folder in Emscripten's memory. */
interface Node {
  readonly name: string;
  readonly parent: { readonly contents: Record<string, Node> };
  readonly name_next?: Node;
}

/** Files are JavaScript's: they stay when the interpreter's memory becomes what it was. */
interface Files {
  readonly streams: readonly (object | null)[];
  readonly nameTable: readonly (Node | undefined)[];
  writeFile(path: string, content: Uint8Array | string): void;
  readFile(path: string, options: { encoding: 'utf8' }): string;
  mkdir(path: string): void;
  readdir(path: string): string[];
  close(stream: object): void;
  chdir(path: string): void;
  hashRemoveNode(node: Node): void;
}

interface Interpreter {
  readonly python: { readonly FS: Files; runPython(code: string): void };
  readonly saved: SavedRuntime;
  /** What Emscripten begins with. */
  readonly nodes: ReadonlySet<Node>;
  printed: Uint8Array[];
}

/** One for each version, which serves one test after the other. */
const interpreters = new Map<string, Interpreter>();

/** @returns one without files that has run nothing */
export async function blankInterpreter({ version }: Runtime): Promise<Interpreter> {
  const { path } = runtimeFor(version);
  const last = interpreters.get(path);
  if (last?.saved.canReturn) {
    removeFiles(last);
    last.saved.return();
    last.printed = [];
    return last;
  }
  keepMachineCode(path);
  const runtime = await loadRuntime(path, HEAP_BYTES, (bytes) => interpreter.printed.push(bytes));
  runtime.python.FS.ErrnoError = FileError;
  const python = runtime.python as unknown as Interpreter['python'];
  const nodes = new Set(nodesOf(python.FS));
  const interpreter: Interpreter = { python, saved: new SavedRuntime(runtime), nodes, printed: [] };
  interpreters.set(path, interpreter);
  return interpreter;
}

const STANDARD_STREAMS = 3;

/** Also those that Emscripten forgot to remove when another got their name. */
function removeFiles({ python: { FS: files }, nodes }: Interpreter): void {
  for (const stream of files.streams.slice(STANDARD_STREAMS)) if (stream) files.close(stream);
  files.chdir('/');
  for (const node of nodesOf(files).filter((node) => !nodes.has(node))) {
    files.hashRemoveNode(node);
    delete node.parent.contents[node.name];
  }
}

function nodesOf({ nameTable }: Files): Node[] {
  return nameTable.flatMap((first) => {
    const chain: Node[] = [];
    for (let node = first; node; node = node.name_next) chain.push(node);
    return chain;
  });
}

/**
 * @param extraFiles content of further files on the board, by name
 */
export async function startMicroPython(
  extraFiles: Record<string, string | Uint8Array> = {},
  { form = 'source', runtime = OWN_RUNTIME }: Setup = {},
): Promise<MicroPython> {
  const interpreter = await blankInterpreter(runtime);
  const { python } = interpreter;
  const { FS: files } = python;
  if (form === 'mpy') {
    for (const [name, bytes] of await mpyFiles()) files.writeFile(`/${name}`, bytes);
  } else if (form === 'installed') {
    for (const { path, bytes } of (await readPortalBundle()).mpy6) files.writeFile(`/${path}`, bytes);
  } else {
    for (const name of readdirSync(DEVICE_FOLDER).filter((each) => !OPTIONAL.includes(each))) {
      files.writeFile(`/${name}`, readFileSync(`${DEVICE_FOLDER}${name}`));
    }
  }
  for (const [name, text] of Object.entries(extraFiles)) files.writeFile(`/${name}`, text);

  python.runPython(BOARD_ERRORS);

  const run = (code: string) => {
    interpreter.printed = [];
    runWithoutTraces(() => python.runPython(code));
    return Buffer.concat(interpreter.printed).toString('utf8').replaceAll('\r\n', '\n');
  };
  run('import gc, json');
  return {
    run,
    heldBytes() {
      run('gc.collect()');
      return Number(run('print(gc.mem_alloc())'));
    },
    value<T>(expression: string) {
      return JSON.parse(run(`print(json.dumps(${expression}))`)) as T;
    },
  };
}

/** A traceback of JavaScript for each file that Emscripten does not find takes longer than the search. */
function runWithoutTraces(act: () => void): void {
  const { stackTraceLimit } = Error;
  let failed: unknown;
  try {
    Error.stackTraceLimit = 0;
    act();
  } catch (error) {
    failed = error;
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  // With the place in the test.
  if (failed) throw new Error(failed instanceof Error ? failed.message : String(failed), { cause: failed });
}

/** The shims for a board's clock, radio and sockets: `import board` before any of the board's modules. */
export function fakeBoard(): Record<string, string> {
  return { 'board.py': readFileSync(new URL('../device-py/fakes/board.py', import.meta.url), 'utf8') };
}

/** A Python bytes literal. */
export function pyBytes(data: Uint8Array | string): string {
  const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
  let literal = '';
  for (const byte of bytes) literal += IN_LITERAL[byte];
  return `b'${literal}'`;
}

/** Each byte in a Python literal. */
const IN_LITERAL = Array.from({ length: 256 }, (_, byte) => {
  const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c;
  return isPlain ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`;
});
