// One life of the interpreter, from its start to the next soft reset, in the order of esp8266/main.c's mp_reset.

import { Console } from './console/console.js';
import type { Keyboard } from './console/keyboard.js';
import { type ExitRequest, Repl, type ReplMode } from './console/repl.js';
import type { UartOutput } from './console/uart-output.js';
import { FolderFilesystem } from './files/folder-filesystem.js';
import type { PowerCut } from './files/power-cut.js';
import type { CallHost } from './host-functions/call-host.js';
import { fileFunctions } from './host-functions/file-functions.js';
import { libraryFunctions } from './host-functions/library.js';
import { COMPILE_MS_PER_BYTE, withWork } from './host-functions/slow-work.js';
import { socketFunctions } from './host-functions/socket-functions.js';
import { systemFunctions } from './host-functions/system-functions.js';
import { eventLoopSource, type Runner, takeInterpreter } from './prepared-interpreter.js';
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
  const files =
    facts.files && new FolderFilesystem(facts.files.folder, facts.files.capacityBytes, parts.clock);
  const exit: ExitRequest = { asked: false };
  const functions = functionsFor(parts, { console, files, exit, afterHardReset: start.afterHardReset });
  const { python, runner } = await takeInterpreter(facts.runtimePath, { console, functions });
  keyboard.connect(python._module);
  if (start.isNewFilesystem) python.runPython('import _setup\n_setup.setup()\ndel _setup');
  if (start.interrupted === undefined) {
    // As pyexec_file_if_exists: a missing file is not a program that Ctrl-C could end.
    const run = (name: string) => !files?.isFile(name) || runFile(runner, console, keyboard, name);
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

/** What a program may call; of the files, where its firmware has some. */
function functionsFor(
  { facts, call, keyboard, powerCut, clock }: SessionParts,
  { console, files, exit, afterHardReset }: SessionState,
) {
  return {
    ...systemFunctions({ facts, call, keyboard, console, clock, exit, afterHardReset }),
    ...socketFunctions(call, keyboard),
    ...libraryFunctions(facts.chip, facts.build.machine, eventLoopSource()),
    ...(files ? filesOf(files, powerCut, workOn(facts, keyboard)) : {}),
  };
}

/** @returns false when it ended with an error other than SystemExit */
function runFile(runner: Runner, console: Console, keyboard: Keyboard, name: string): boolean {
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
