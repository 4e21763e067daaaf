// A virtual board in a child process, as a binding for SerialPortStream: the calls go over a pipe.

import type { ChildProcess } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type AllOpenOptions,
  type Binding,
  type BindingPort,
  OPEN_DEFAULTS,
  type PortStatus,
  type SetOptions,
  type UpdateOptions,
} from '../../port/binding-types.js';
import type { PortNotice } from '../../port/port.js';
import { canceled, ReceiveBuffer } from '../../port/receive-buffer.js';
import { inTurn } from '../in-turn.js';
import { installedRuntimes } from '../interpreter/runtime/runtimes.js';
import { boardFolder } from '../state/board-folder.js';
import type { WholeBoardOptions } from '../whole-board.js';
import { processGone, reportedError } from './board-errors.js';
import { encodeFrame, FrameReader, type PipeFrame } from './frames.js';
import { PIPE_FD, startBoardProcess } from './launch.js';
import type { BoardCall, FromBoard } from './pipe-messages.js';

/** Node.js starts within 50 ms; on a busy computer it may take seconds. */
const START_WITHIN_MS = 30_000;
/** Enough to hang up on clients; what has been written is on disk already. */
const CLOSE_WITHIN_MS = 1000;
const KEPT_ERROR_CHARACTERS = 2000;

interface BoardProcessOptions extends Omit<WholeBoardOptions, 'openedBy'> {
  readonly name: string;
}

/** Each `open` starts a process, which locks the board and gives it power; `close` ends it. */
export function boardProcessBinding(options: BoardProcessOptions): Binding {
  return {
    list: () => Promise.resolve([]),
    open: async (openOptions) => {
      const { address, air, stateRoot } = options;
      const process_ = startBoardProcess(boardFolder(stateRoot, options.name));
      const port = new RemotePort(process_, { ...OPEN_DEFAULTS, ...openOptions }, options);
      const { baudRate, hupcl } = port.openOptions;
      const runtimes = installedRuntimes();
      const openedBy = process.pid;
      await port.begin({ kind: 'open', address, air, stateRoot, runtimes, openedBy, baudRate, hupcl });
      return port;
    },
  };
}

interface PendingCall {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

class RemotePort implements BindingPort {
  readonly openOptions: AllOpenOptions;
  isOpen = true;
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #pipe: Duplex;
  readonly #onNotice: (notice: PortNotice) => void;
  readonly #onUsbDevice: NonNullable<BoardProcessOptions['onUsbDevice']>;
  readonly #received = new ReceiveBuffer();
  readonly #pending = new Map<number, PendingCall>();
  readonly #ended: Promise<void>;
  #hasEnded = false;
  #lastId = 0;
  #errorOutput = '';

  constructor(
    child: ChildProcess,
    openOptions: AllOpenOptions,
    { name, onNotice, onUsbDevice }: BoardProcessOptions,
  ) {
    this.#name = name;
    this.openOptions = openOptions;
    this.#process = child;
    this.#onNotice = onNotice;
    this.#onUsbDevice = onUsbDevice ?? (() => {});
    // `stdio` of launch.ts makes it one.
    this.#pipe = child.stdio[PIPE_FD] as Duplex;
    const reader = new FrameReader();
    this.#pipe.on('error', () => {}); // the end of the process is reported instead
    const take = inTurn(({ message, bytes }: PipeFrame) => this.#take(message as FromBoard, bytes));
    this.#pipe.on('data', (piece: Uint8Array) => {
      for (const frame of reader.push(piece)) take(frame);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-KEPT_ERROR_CHARACTERS);
    });
    this.#ended = new Promise((resolve) => {
      const end = inTurn((reason: string) => {
        this.#hasEnded = true;
        this.#fail(processGone(this.#name, reason, this.#errorOutput));
        resolve();
      });
      // Not 'exit': its last output may come later.
      child.once('close', (code, signal) => end(signal ?? `exit status ${code}`));
      child.once('error', (error) => end(error.message));
    });
  }

  /** The first call; what cannot begin leaves no process behind. */
  async begin(call: BoardCall): Promise<void> {
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), START_WITHIN_MS);
    try {
      await this.#call(call);
    } catch (error) {
      this.#process.kill('SIGKILL');
      await this.#ended;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    this.#checkOpen();
    this.isOpen = false;
    this.#received.clear();
    const closed = this.#call({ kind: 'close' }).catch(() => {}); // it is ended in any case
    this.#received.fail(canceled());
    const patience = new AbortController();
    await Promise.race([
      closed,
      this.#ended,
      delay(CLOSE_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    this.#process.kill('SIGKILL');
    await this.#ended;
    this.#pipe.destroy();
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    this.#checkOpen();
    const bytesRead = await this.#received.read(buffer, offset, length);
    return { buffer, bytesRead };
  }

  async write(buffer: Buffer): Promise<void> {
    this.#checkOpen();
    await this.#call({ kind: 'write' }, buffer);
  }

  async update({ baudRate }: UpdateOptions): Promise<void> {
    this.#checkOpen();
    await this.#call({ kind: 'update', baudRate });
    this.openOptions.baudRate = baudRate;
  }

  /** A line that is left out is asserted, as in serialport. */
  async set({ dtr = true, rts = true }: SetOptions): Promise<void> {
    this.#checkOpen();
    await this.#call({ kind: 'set', dtr, rts });
  }

  async get(): Promise<PortStatus> {
    this.#checkOpen();
    return { cts: false, dsr: false, dcd: false };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.#checkOpen();
    return { baudRate: this.openOptions.baudRate };
  }

  async flush(): Promise<void> {
    this.#checkOpen();
    await this.#call({ kind: 'flush' });
    this.#received.clear();
  }

  async drain(): Promise<void> {
    this.#checkOpen();
    await this.#call({ kind: 'drain' });
  }

  #call(call: BoardCall, bytes?: Uint8Array): Promise<void> {
    if (this.#hasEnded) return Promise.reject(processGone(this.#name, 'ended before', this.#errorOutput));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#pipe.write(encodeFrame({ ...call, id }, bytes));
    });
  }

  #take(message: FromBoard, bytes: Uint8Array): void {
    switch (message.kind) {
      case 'received':
        this.#received.push(bytes);
        break;
      case 'usb':
        this.#onUsbDevice(message.device);
        break;
      case 'notice':
        this.#onNotice(message.notice);
        break;
      case 'lost':
        if (this.isOpen) this.#received.fail(reportedError(this.#name, message.error));
        break;
      case 'done':
        this.#pending.get(message.id)?.resolve();
        this.#pending.delete(message.id);
        break;
      case 'failed':
        this.#pending.get(message.id)?.reject(reportedError(this.#name, message.error));
        this.#pending.delete(message.id);
        break;
    }
  }

  #fail(error: Error): void {
    this.#received.fail(error);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #checkOpen(): void {
    if (!this.isOpen) throw new Error('Port is not open');
  }
}
