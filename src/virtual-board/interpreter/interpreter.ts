// MicroPython on the virtual chip: started, fed bytes, stopped by the board. Runs it in a worker and
// answers the worker's questions about radio and sockets.

import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { PortNotice } from '../../port/port.js';
import type { BoardUart, Program } from '../chip-program.js';
import type { BuildFacts } from '../chips/chip-model.js';
import { ESP32 } from '../chips/esp32.js';
import { ESP8266 } from '../chips/esp8266.js';
import type { Chip, Radio } from '../radio/radio.js';
import { socketLimits } from '../sockets/limits.js';
import { SocketTable } from '../sockets/socket-table.js';
import { type Speed, TIMES_SLOWER } from '../speed.js';
import { LossyUartInput } from './console/lossy-uart-input.js';
import { UartInput } from './console/uart-input.js';
import { UninterruptibleProgramWatch } from './console/uninterruptible-program.js';
import { InterpreterThread } from './interpreter-thread.js';
import { keepMachineCode } from './runtime/machine-code.js';
import { runtimeFor } from './runtime/runtimes.js';
import { type ProgramOrigin, SharedMemory } from './shared-memory.js';
import type { FilesFacts, HostCalls, MachineFacts, Reply, ToHost, WorkerData } from './worker-messages.js';

/** Rate that MicroPython sets for its REPL. */
const REPL_BAUD_RATE = 115200;
const REAL_SCAN_MS = 2000;

export interface InterpreterContext {
  readonly uart: BoardUart;
  /** An ESP8266 when left out. */
  readonly chip?: Chip;
  /** The plain build for the chip by default. */
  readonly build?: BuildFacts;
  /** Of the firmware in the flash, e.g. `1.27.0`; the nearest installed interpreter runs it. */
  readonly version: string;
  /** When it was built, e.g. `2025-12-09`; when left out, that of the interpreter. */
  readonly buildDate?: string;
  /** What `sys.implementation._build` gives. */
  readonly buildName?: string | undefined;
  /** What `machine.reset_cause()` gives. */
  readonly resetCause: number;
  /** Called when a program asks for a hard reset; the interpreter waits to be stopped. */
  readonly requestReset: () => void;
  /** Called when the power fails at a change of the files; nothing runs any more then. */
  readonly losePower?: () => void;
  /** Folder of the board's files and its capacity; undefined: the firmware has no filesystem. */
  readonly files: FilesFacts | undefined;
  readonly flashSizeBytes: number;
  /** The station's address, six bytes. */
  readonly mac: readonly number[];
  readonly radio: Radio;
  /** Ports of this computer tried first for the board's TCP 80 and UDP 53; 0: any free one. */
  readonly httpPort: number;
  readonly dnsPort: number;
  readonly speed: Speed;
  /** Called when a port of the board can be reached from this computer. */
  readonly onNotice: (notice: PortNotice) => void;
}

/** Starts when it is made: radio and sockets come up, `boot.py` and `main.py` run, the prompt follows. */
export class Interpreter implements Program {
  readonly #context: InterpreterContext;
  readonly #memory = new SharedMemory();
  readonly #input: UartInput | LossyUartInput;
  readonly #sockets: SocketTable;
  readonly #watch: UninterruptibleProgramWatch;
  #replies: MessagePort;
  #thread: InterpreterThread;
  readonly #calls: HostCalls;
  #stopped = false;
  #baudRate = REPL_BAUD_RATE;

  constructor(context: InterpreterContext) {
    this.#context = context;
    this.#input = context.speed !== 'max' ? new LossyUartInput(this.#memory) : new UartInput(this.#memory);
    noticeOtherVersion(context);
    const onChange = () => this.#memory.ring();
    this.#sockets = new SocketTable({
      ...context,
      onChange,
      limits: socketLimits(context.chip ?? 'esp8266', context.version),
      carries: () => context.radio.carries(),
    });
    this.#calls = {
      ...hostCalls(context, this.#sockets),
      setUartRate: (baudRate) => this.#setUartRate(baudRate),
    };
    context.radio.onClientsLost = () => this.#sockets.dropClients();
    context.radio.powerUp();
    [this.#thread, this.#replies] = this.#startThread(undefined);
    this.#watch = new UninterruptibleProgramWatch(this.#memory, () => this.#endProgram());
  }

  #startThread(interrupted: ProgramOrigin | undefined): [InterpreterThread, MessagePort] {
    const facts = factsOf(this.#context, this.#baudRate);
    keepMachineCode(facts.runtimePath);
    const { port1, port2 } = new MessageChannel();
    const data: WorkerData = { memory: this.#memory.buffer, replies: port2, facts, interrupted };
    const thread = new InterpreterThread(data, this.#memory, {
      onMessage: (message) => this.#onMessage(message),
      onCrash: (error) => this.#onCrash(error),
    });
    return [thread, port1];
  }

  /** Ends a program that ignores Ctrl-C. Its variables are lost with it; the prompt comes as after a KeyboardInterrupt. */
  async #endProgram(): Promise<void> {
    const interrupted = this.#memory.program;
    await this.#closeThread();
    if (this.#stopped) return;
    this.#sockets.closeAll();
    this.#memory.forgetWorker();
    [this.#thread, this.#replies] = this.#startThread(interrupted);
  }

  async #closeThread(): Promise<void> {
    this.#replies.close();
    await this.#thread.stop();
  }

  /** uart_config() of the ESP8266 empties the transmit FIFO; ESP-IDF's uart_set_baudrate() does not. */
  #setUartRate(baudRate: number): void {
    this.#baudRate = baudRate;
    this.#input.setBaudRate(baudRate);
    this.#context.uart.switchBaudRate(baudRate, this.#context.chip !== 'esp32');
  }

  receive(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#input.receive(bytes);
    this.#watch.check();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#input.stop();
    this.#watch.stop();
    this.#sockets.destroyAll();
    this.#context.radio.onClientsLost = () => {};
    this.#context.radio.powerDown();
    await this.#closeThread();
  }

  #onMessage(message: ToHost): void {
    if (this.#stopped) return;
    switch (message.kind) {
      case 'output': {
        const bytes = this.#memory.output.take();
        if (bytes.length > 0) this.#context.uart.transmit(bytes); // else they went with the ones before
        this.#memory.ring();
        break;
      }
      case 'ring-has-space':
        this.#input.feed();
        this.#watch.check();
        break;
      case 'call':
        void this.#answer(message.name, message.args);
        break;
    }
  }

  async #answer(name: keyof HostCalls, args: readonly unknown[]): Promise<void> {
    // The worker's side of this message is typed by HostCalls; across threads only the name remains.
    const answer = this.#calls[name] as (...args: readonly unknown[]) => unknown;
    let reply: Reply;
    try {
      reply = { value: await answer(...args) };
    } catch (error) {
      reply = { error: error instanceof Error ? error.message : String(error) };
    }
    if (this.#stopped) return;
    this.#replies.postMessage(reply);
    this.#memory.announceReply();
  }

  /** A bug in the virtual board, or exhausted memory. It prints nothing until a reset, to avoid a loop of restarts. */
  #onCrash(error: Error): void {
    if (this.#stopped) return;
    this.#context.onNotice({
      event: 'notice',
      message: `The virtual board's interpreter failed: ${error.message}`,
    });
  }
}

/** Notice: the firmware may behave slightly differently on a real board. */
function noticeOtherVersion({ version, onNotice }: InterpreterContext): void {
  const { runtime, isExact } = runtimeFor(version);
  if (isExact) return;
  onNotice({
    event: 'notice',
    message: `The flash holds MicroPython ${version}; the virtual board runs ${runtime.version}, the nearest installed version.`,
  });
}

function factsOf(context: InterpreterContext, baudRate: number): MachineFacts {
  const isReal = context.speed !== 'max';
  const chip = context.chip ?? 'esp8266';
  const { runtime, path } = runtimeFor(context.version);
  return {
    chip,
    build: context.build ?? (chip === 'esp32' ? ESP32 : ESP8266).build(context, context),
    version: context.version,
    buildDate: context.buildDate ?? runtime.buildDate,
    buildName: context.buildName,
    runtimePath: path,
    resetCause: context.resetCause,
    mac: context.mac,
    flashSizeBytes: context.flashSizeBytes,
    files: context.files,
    baudRate,
    isPaced: isReal,
    scanMs: isReal ? REAL_SCAN_MS : 0,
    timesSlower: TIMES_SLOWER[context.speed],
  };
}

function hostCalls(context: InterpreterContext, sockets: SocketTable): Omit<HostCalls, 'setUartRate'> {
  const { radio } = context;
  return {
    requestReset: () => context.requestReset(),
    losePower: () => context.losePower?.(),
    radioState: () => radio.state(),
    setActive: (which, active) => radio.setActive(which, active),
    connect: (credentials) => radio.connect(credentials),
    disconnect: () => radio.disconnect(),
    scan: () => radio.scan(),
    configureAp: (settings) => radio.configureAp(settings),
    setAddress: (which, address) => radio.setAddress(which, address),
    openSocket: (kind) => sockets.openSocket(kind),
    bind: (id, port) => sockets.bind(id, port),
    listen: (id, backlog) => sockets.listen(id, backlog),
    clientAddress: () => radio.clientAddress,
    accept: (id) => sockets.accept(id),
    receive: (id, maxBytes, peek) => sockets.receive(id, maxBytes, peek),
    send: (id, bytes) => sockets.send(id, bytes),
    sendTo: (id, bytes, port) => sockets.sendTo(id, bytes, port),
    poll: (ids) => sockets.poll(ids),
    close: (id) => sockets.close(id),
    closeAll: () => sockets.closeAll(),
  };
}
