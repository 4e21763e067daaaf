// One life of the interpreter, from its start to the next soft reset, in the order of esp8266/main.c's mp_reset.

import { readFileSync } from 'node:fs';
import type { MicroPython } from '@micropython/micropython-webassembly-pyscript';
import { packageFile } from '../../package-file.js';
import { Console } from './console/console.js';
import type { Keyboard } from './console/keyboard.js';
import { type ExitRequest, Repl, type ReplMode } from './console/repl.js';
import { SHIM_FOLDER } from './console/traceback-filter.js';
import type { UartOutput } from './console/uart-output.js';
import { FileError } from './file-error.js';
import { FolderFilesystem } from './files/folder-filesystem.js';
import type { PowerCut } from './files/power-cut.js';
import type { CallHost } from './host-functions/call-host.js';
import { fileFunctions } from './host-functions/file-functions.js';
import { CHANNEL_PATH, HostChannel } from './host-functions/host-channel.js';
import { libraryFunctions } from './host-functions/library.js';
import { COMPILE_MS_PER_BYTE, withWork } from './host-functions/slow-work.js';
import { socketFunctions } from './host-functions/socket-functions.js';
import { systemFunctions } from './host-functions/system-functions.js';
import { loadRuntime } from './load-runtime.js';
import type { RealTimeClock } from './real-time-clock.js';
import type { ProgramOrigin } from './shared-memory.js';
import type { MachineFacts } from './worker-messages.js';

export interface SessionParts {
  readonly facts: MachineFacts;
  readonly call: CallHost;
  readonly keyboard: Keyboard;
  readonly output: UartOutput;
  readonly powerCut: PowerCut;
  readonly clock: RealTimeClock;
}

// Where it begins. This build collects garbage only between bytes of the prompt; while a program runs its heap grows,
// up to 2 GB in all, and `gc.mem_alloc()` counts what was ever allocated.
const HEAP_BYTES = 256 * 1024;
const PYSTACK_WORDS = 4 * 1024;
/** A major number that Emscripten does not use. */
const CHANNEL_DEVICE = 240;
/** The files of shims/, compiled, by name. */
const SHIMS = 'dist/virtual-board-shims.json';
const CTRL_C = 3;
const NO_INTERRUPT_CHAR = -1;

/**
 * Runs boot.py, main.py and the prompt.
 * @param isNewFilesystem the files have never been used: do what `inisetup` does
 * @returns the REPL's mode at the soft reset
 */
export async function runSession(
  parts: SessionParts,
  mode: ReplMode,
  start: {
    readonly afterHardReset: boolean;
    readonly isNewFilesystem: boolean;
    /** A program was interrupted the hard way: its prompt is what comes next. */
    readonly interrupted: ProgramOrigin | undefined;
  },
): Promise<ReplMode> {
  const { facts, keyboard, output } = parts;
  const console = new Console(output, keyboard);
  const python = await load(console, facts.runtimePath);
  keyboard.connect(python._module);
  const files =
    facts.files && new FolderFilesystem(facts.files.folder, facts.files.capacityBytes, parts.clock);
  const exit: ExitRequest = { asked: false };
  giveBoard(python, parts, { console, files, exit, afterHardReset: start.afterHardReset });
  if (start.isNewFilesystem) python.runPython('import _setup\n_setup.setup()\ndel _setup');
  if (start.interrupted === undefined) {
    // As pyexec_file_if_exists: a missing file is not a program that Ctrl-C could end.
    const run = (name: string) => !files?.isFile(name) || runFile(python, console, keyboard, name);
    const booted = run('boot.py');
    // Since MicroPython 1.22 a boot.py that fails keeps main.py from running.
    if (booted && mode === 'friendly') run('main.py');
  } else {
    console.print(tracebackOf(start.interrupted));
  }
  // The ESP8266's main() prints a line end before its first prompt.
  if (start.afterHardReset && facts.chip === 'esp8266') console.print('\r\n');
  const banner = `MicroPython v${facts.version} on ${facts.buildDate}; ${facts.build.machine}`;
  const endedIn = new Repl(python, console, keyboard, {
    banner,
    exit,
    onCompile: (codeBytes) => workOn(facts, keyboard)?.(codeBytes * COMPILE_MS_PER_BYTE),
  }).run(mode);
  files?.open.closeAll();
  console.print('MPY: soft reboot\r\n');
  return endedIn;
}

/** What is left of an interrupted program, in the frame that its prompt gives it. */
function tracebackOf(origin: ProgramOrigin): string {
  const file = origin === 'file' ? 'main.py' : '<stdin>';
  const traceback = `Traceback (most recent call last):\r\n  File "${file}", line 1, in <module>\r\nKeyboardInterrupt: \r\n`;
  return origin === 'raw' ? `\x04${traceback}\x04` : traceback;
}

async function load(console: Console, runtimePath: string): Promise<MicroPython> {
  const write = (bytes: Uint8Array) => console.write(bytes);
  const loadMicroPython = await loadRuntime(runtimePath);
  const python = await loadMicroPython({
    heapsize: HEAP_BYTES,
    pystack: PYSTACK_WORDS,
    linebuffer: false,
    stdin: () => null,
    stdout: write,
    stderr: write,
  });
  python.FS.ErrnoError = FileError;
  // The port hands over single bytes; one level below, each write is whole.
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
  return python;
}

/** What belongs to one start of the interpreter. */
interface SessionState {
  readonly console: Console;
  readonly files: FolderFilesystem | undefined;
  readonly exit: ExitRequest;
  readonly afterHardReset: boolean;
}

/** What blocks a slow board while it works; a chip's own times are too short to matter. */
function workOn({ timesSlower }: MachineFacts, keyboard: Keyboard): ((ms: number) => void) | undefined {
  return timesSlower > 1 ? (ms) => keyboard.spend(ms * timesSlower) : undefined;
}

function filesOf(files: FolderFilesystem, powerCut: PowerCut, spend: ((ms: number) => void) | undefined) {
  const functions = fileFunctions(files, powerCut);
  return spend ? withWork(functions, spend) : functions;
}

/** Puts the board's modules and files in place of the port's own. */
function giveBoard(
  python: MicroPython,
  { facts, call, keyboard, powerCut, clock }: SessionParts,
  { console, files, exit, afterHardReset }: SessionState,
): void {
  const shims = readShims();
  python.FS.mkdir(SHIM_FOLDER);
  for (const [name, bytes] of shims) python.FS.writeFile(`${SHIM_FOLDER}/${name}`, bytes);
  const spend = workOn(facts, keyboard);
  const channel = new HostChannel({
    ...systemFunctions({ facts, call, keyboard, console, clock, exit, afterHardReset }),
    ...socketFunctions(call, keyboard),
    ...libraryFunctions(facts.chip, facts.build.machine, shims.get('_event_loop.py')?.toString('utf8') ?? ''),
    ...(files ? filesOf(files, powerCut, spend) : {}),
  });
  const device = python.FS.makedev(CHANNEL_DEVICE, 0);
  python.FS.registerDevice(device, channel.device);
  python.FS.mkdev(CHANNEL_PATH, 0o666, device);
  python.runPython(`import sys\nsys.path[:] = ['${SHIM_FOLDER}']\nimport _start\ndel sys, _start`);
}

function readShims(): Map<string, Buffer> {
  const shims: Record<string, string> = JSON.parse(readFileSync(packageFile(SHIMS), 'utf8'));
  return new Map(Object.entries(shims).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));
}

/** @returns false when it ended with an error other than SystemExit */
function runFile(python: MicroPython, console: Console, keyboard: Keyboard, name: string): boolean {
  const runner = runnerOf(python);
  keyboard.programStarts('file');
  try {
    runner.kbd_intr(CTRL_C);
    runner.run(name);
    // A Ctrl-C that straight-line code did not process ends the file after its last line, as in pyexec.
    if (!keyboard.takeInterrupt()) return true;
    console.print('KeyboardInterrupt: \r\n');
    return false;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PythonError') throw error;
    if ('type' in error && error.type === 'SystemExit') return true;
    console.print(error.message);
    return false;
  } finally {
    runner.kbd_intr(NO_INTERRUPT_CHAR);
    keyboard.promptStarts();
    console.flush();
  }
}

/** What shims/internal/_run.py offers. */
interface Runner {
  kbd_intr(byte: number): void;
  run(name: string): void;
}

function runnerOf(python: MicroPython): Runner {
  return python.pyimport('_run') as Runner;
}
