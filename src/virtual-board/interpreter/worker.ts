// The thread in which MicroPython runs, one interpreter after the other. It blocks at will; the main thread keeps the
// UART, radio and sockets going.

import { existsSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';
import { Keyboard } from './console/keyboard.js';
import type { ReplMode } from './console/repl.js';
import { UartOutput } from './console/uart-output.js';
import { PowerCut } from './files/power-cut.js';
import { createCallHost } from './host-functions/call-host.js';
import { RealTimeClock } from './real-time-clock.js';
import { runSession } from './session.js';
import { InterpreterStopped, SharedMemory } from './shared-memory.js';
import type { ToHost, WorkerData } from './worker-messages.js';

const REPL_BAUD_RATE = 115200;
const FLUSH_MS = 10;

const post = (message: ToHost): void => parentPort?.postMessage(message);

parentPort?.on('message', async (data: WorkerData) => {
  try {
    await runInterpreter(data);
  } catch (error) {
    if (!(error instanceof InterpreterStopped)) throw error;
    data.replies.close();
    post({ kind: 'stopped' });
  }
});

/** Runs it from one soft reset to the next. @throws InterpreterStopped */
async function runInterpreter({ facts, memory: buffer, replies, interrupted }: WorkerData): Promise<never> {
  const memory = new SharedMemory(buffer);
  const call = createCallHost(memory, replies, post);
  const keyboard = new Keyboard(memory, () => post({ kind: 'ring-has-space' }));
  const powerCut = new PowerCut(call, facts.files?.powerCutAtChange);
  const clock = new RealTimeClock();
  const output = new UartOutput(memory, post, facts);
  /** mp_reset() of the ESP8266 sets up the UART once more, 10 ms after its last words; an ESP32 keeps the rate. */
  const restoreUartRate = (): void => {
    if (facts.chip !== 'esp8266' || output.baudRate === REPL_BAUD_RATE) return;
    keyboard.spend(FLUSH_MS);
    output.baudRate = REPL_BAUD_RATE;
    call('setUartRate', REPL_BAUD_RATE);
  };

  let start = { afterHardReset: interrupted === undefined, interrupted };
  let mode: ReplMode = interrupted === 'raw' ? 'raw' : 'friendly';
  for (;;) {
    memory.throwIfStopped(); // nothing is loaded for a board that is reset as soon as it has power
    const isNewFilesystem = facts.files !== undefined && !existsSync(facts.files.folder);
    const parts = { facts, call, keyboard, output, powerCut, clock };
    mode = await runSession(parts, mode, { ...start, isNewFilesystem });
    call('closeAll');
    restoreUartRate();
    start = { afterHardReset: false, interrupted: undefined };
  }
}
