// An interpreter that has the board's modules in place of the port's own. It can return to the moment when it got them:
// what a life of the board changes in one is half a megabyte of memory. A reset then takes a tenth of the time of a start.

import { readFileSync } from 'node:fs';
import type { MicroPython, OpenStream } from '@micropython/micropython-webassembly-pyscript';
import { packageFile } from '../../package-file.js';
import type { Console } from './console/console.js';
import { SHIM_FOLDER } from './console/traceback-filter.js';
import { FileError } from './file-error.js';
import { CHANNEL_PATH, HostChannel, type HostFunction, hostFunction } from './host-functions/host-channel.js';
import { type LoadedRuntime, loadRuntime } from './runtime/load-runtime.js';
import { SavedRuntime } from './runtime/saved-runtime.js';

// Where it begins. This build collects garbage only between bytes of the prompt; while a program runs its heap grows,
// up to 2 GB in all, and `gc.mem_alloc()` counts what was ever allocated.
const HEAP_BYTES = 256 * 1024;
/** A major number that Emscripten does not use. */
const CHANNEL_DEVICE = 240;
/** The files of shims/, compiled, by name. */
const SHIMS = 'dist/virtual-board-shims.json';
/** Those of the last boards in this thread. */
const KEPT = 2;

/** The board's side of an interpreter, for one life. */
export interface Connection {
  readonly console: Console;
  /** What Python may call; while it imports the modules `facts` alone. */
  readonly functions: Readonly<Record<string, HostFunction>> & { readonly facts: HostFunction };
}

/** What shims/internal/_run.py offers. */
export interface Runner {
  begin(): void;
  kbd_intr(byte: number): void;
  run(name: string): void;
}

const kept: PreparedInterpreter[] = [];

/** For a board that has just been reset: no interpreter is in use in this thread. */
export async function takeInterpreter(
  runtimePath: string,
  connection: Connection,
): Promise<PreparedInterpreter> {
  const { functions } = connection;
  const key = JSON.stringify([runtimePath, Object.keys(functions), functions.facts.run([])]);
  const at = kept.findIndex((one) => one.key === key);
  const [found] = at === -1 ? [] : kept.splice(at, 1);
  const taken = found?.canReturn ? found : await PreparedInterpreter.start(key, runtimePath, connection);
  kept.unshift(taken);
  kept.splice(KEPT);
  taken.begin(connection);
  return taken;
}

/** What is behind an interpreter's output and its device. */
interface Wires {
  console: Console;
  readonly channel: HostChannel;
}

export class PreparedInterpreter {
  /** Interpreters with the same one have got the same answers from their boards. */
  readonly key: string;
  readonly python: MicroPython;
  readonly runner: Runner;
  readonly #saved: SavedRuntime;
  readonly #wires: Wires;
  readonly #streams: readonly (OpenStream | null)[];

  static async start(
    key: string,
    path: string,
    { console, functions }: Connection,
  ): Promise<PreparedInterpreter> {
    const wires: Wires = { console, channel: new HostChannel(factsAlone(functions)) };
    const runtime = await loadRuntime(path, HEAP_BYTES, (bytes) => wires.console.write(bytes));
    importModules(runtime.python, wires.channel);
    return new PreparedInterpreter(key, runtime, wires);
  }

  private constructor(key: string, runtime: LoadedRuntime, wires: Wires) {
    this.key = key;
    this.#wires = wires;
    this.python = runtime.python;
    // Looked up once: the interpreter keeps all that JavaScript ever got from it.
    const { begin, kbd_intr, run } = this.python.pyimport('_run') as Runner;
    this.runner = { begin, kbd_intr, run };
    this.#saved = new SavedRuntime(runtime);
    this.#streams = [...this.python.FS.streams];
  }

  /** Not when its memory has grown, nor when a program closed the way to the host. */
  get canReturn(): boolean {
    const { streams } = this.python.FS;
    return (
      this.#saved.canReturn &&
      this.#streams.length === streams.length &&
      this.#streams.every((stream, fd) => stream === streams[fd])
    );
  }

  /** A new life, with everything as it was after the import of the modules. */
  begin({ console, functions }: Connection): void {
    this.#wires.console = console;
    this.#wires.channel.connect(functions);
    this.#saved.return();
    this.runner.begin();
  }
}

const REFUSED = hostFunction([], () => {
  throw new Error('is not there yet');
});

/** What another function answers may differ in the next life, or on the next board, and would be kept. */
function factsAlone(functions: Connection['functions']): Connection['functions'] {
  const refused = Object.fromEntries(Object.keys(functions).map((name) => [name, REFUSED]));
  return { ...refused, facts: functions.facts };
}

/** The source of asyncio; see shims/internal/_event_loop.py. */
export function eventLoopSource(): string {
  return readShims().get('_event_loop.py')?.toString('utf8') ?? '';
}

/** Puts the board's modules and files in place of the port's own. */
function importModules(python: MicroPython, channel: HostChannel): void {
  python.FS.ErrnoError = FileError;
  python.FS.mkdir(SHIM_FOLDER);
  for (const [name, bytes] of readShims()) python.FS.writeFile(`${SHIM_FOLDER}/${name}`, bytes);
  const device = python.FS.makedev(CHANNEL_DEVICE, 0);
  python.FS.registerDevice(device, channel.device);
  python.FS.mkdev(CHANNEL_PATH, 0o666, device);
  python.runPython(`import sys\nsys.path[:] = ['${SHIM_FOLDER}']\nimport _start\ndel sys, _start`);
}

let shims: ReadonlyMap<string, Buffer> | undefined;

function readShims(): ReadonlyMap<string, Buffer> {
  if (shims === undefined) {
    const files: Record<string, string> = JSON.parse(readFileSync(packageFile(SHIMS), 'utf8'));
    shims = new Map(Object.entries(files).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));
  }
  return shims;
}
