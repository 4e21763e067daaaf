// A virtual board as a binding for SerialPortStream: the same calls, waits and errors as serialport's own.

import { join } from 'node:path';
import { FileLocked, lockFile } from '../input/lock-file.js';
import {
  type AllOpenOptions,
  type BindingPort,
  OPEN_DEFAULTS,
  type OpenOptions,
  type PortStatus,
  type SetOptions,
  type UpdateOptions,
} from '../port/binding-types.js';
import { canceled, ReceiveBuffer } from '../port/receive-buffer.js';
import type { Attach } from './attachment.js';
import { VirtualBoard } from './board.js';
import type { Firmware } from './chip-program.js';
import { CHIPS } from './chips/chips.js';
import { boardMac } from './chips/mac.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import { inTurn } from './in-turn.js';
import type { VirtualBoardOptions } from './options/address.js';
import { NO_FAULTS } from './options/faults.js';
import { boardFolder, FLASH_FILE } from './state/board-folder.js';
import { UartBridge } from './uart/uart-bridge.js';
import type { UsbDevice } from './usb/bus-presence.js';
import { UsbOtg } from './usb/otg.js';
import { UsbSerialJtag } from './usb/serial-jtag.js';

/** The kernel takes this much before `write` waits. */
const SEND_BUFFER_BYTES = 4096;
/** serialport's own text on POSIX systems, which programs match on. */
const LOCKED = 'Error: Resource temporarily unavailable Cannot lock port';

interface VirtualBindingOptions {
  readonly board: Pick<
    VirtualBoardOptions,
    'name' | 'chip' | 'flashSizeBytes' | 'speed' | 'unplugAfterBytes' | 'security' | 'preset'
  > &
    Partial<Pick<VirtualBoardOptions, 'faults' | 'usb' | 'secondChip'>>;
  /** Called with the devices on the bus, for a board with native USB. */
  readonly onUsbDevice?: (device: UsbDevice | undefined) => void;
  readonly stateRoot: string;
  /** The process named as the owner to a second opener; this one when omitted. */
  readonly openedBy?: number;
  readonly firmware: Firmware;
  /** Prepares the board's folder before the first power-on. */
  readonly prepare?: (folder: string) => void;
  readonly clock?: Clock;
}

/** For `new SerialPortStream({ binding, path, baudRate })`. The path is a name in messages, no more. */
export interface VirtualBinding {
  /** Always empty: boards are created when they are opened. */
  list(): Promise<never[]>;
  open(options: OpenOptions): Promise<VirtualPort>;
}

/**
 * Each `open` locks the board and gives it power; `close` takes the power away. Its flash and
 * files stay in `<stateRoot>/virtual/<name>/`.
 */
export function virtualBinding(options: VirtualBindingOptions): VirtualBinding {
  return {
    list: () => Promise.resolve([]),
    open: async (openOptions) => {
      const folder = boardFolder(options.stateRoot, options.board.name);
      const unlock = lock(folder, options.openedBy);
      try {
        options.prepare?.(folder);
        return new VirtualPort(options, { ...OPEN_DEFAULTS, ...openOptions }, folder, unlock);
      } catch (error) {
        unlock();
        throw error;
      }
    },
  };
}

function lock(folder: string, onBehalfOf?: number): () => void {
  try {
    return lockFile(join(folder, 'lock'), { onBehalfOf });
  } catch (error) {
    if (!(error instanceof FileLocked)) throw error;
    throw Object.assign(new Error(LOCKED, { cause: error }), { processId: error.processId });
  }
}

/** By the chip's own USB port where the board's options say so, else behind a bridge. */
function attachmentOf(
  options: VirtualBindingOptions,
  hostBaudRate: number,
  onHostReceive: (bytes: Uint8Array) => void,
): Attach {
  const { board, clock = SYSTEM_CLOCK, onUsbDevice: onDevice = () => {} } = options;
  const { speed, faults = NO_FAULTS } = board;
  const { loader, romBaudRate, macVendor } = CHIPS[board.chip];
  const line = { clock, romBaudRate, onHostReceive };
  if (!board.usb || !loader.usb)
    return (chip) => new UartBridge(chip, { ...line, paced: speed !== 'max', hostBaudRate, faults });
  const revision = faults.revision ?? loader.usualRevision;
  const usb = {
    ...line,
    ...{ speed, revision, facts: loader.usb, mac: boardMac(board.name, macVendor) },
    onDevice: inTurn(onDevice),
    onHostReceive: inTurn(onHostReceive),
  };
  const Port = { otg: UsbOtg, 'serial-jtag': UsbSerialJtag }[board.usb];
  return (chip) => new Port(chip, usb);
}

/** The open port of a board that has power. */
class VirtualPort implements BindingPort {
  readonly openOptions: AllOpenOptions;
  isOpen = true;
  readonly #board: VirtualBoard;
  readonly #unlock: () => void;
  readonly #received = new ReceiveBuffer();
  /** Bytes that may still be written before the cable is pulled. */
  #bytesToUnplug: number;
  #lost: Error | undefined;
  #boardClosed: Promise<void> | undefined;
  #cancelWrite: (error: Error) => void = () => {};

  constructor(
    options: VirtualBindingOptions,
    openOptions: AllOpenOptions,
    stateFolder: string,
    unlock: () => void,
  ) {
    this.openOptions = openOptions;
    this.#unlock = unlock;
    this.#bytesToUnplug = options.board.unplugAfterBytes ?? Number.POSITIVE_INFINITY;
    const { board } = options;
    const chip = CHIPS[board.chip];
    this.#board = new VirtualBoard({
      chip,
      flashFile: join(stateFolder, FLASH_FILE),
      flashSizeBytes: board.flashSizeBytes,
      mac: boardMac(board.name, chip.macVendor),
      stateFolder,
      speed: board.speed,
      onUnknownCommand: board.security,
      faults: board.faults,
      secondChip: board.secondChip,
      firmware: options.firmware,
      attach: attachmentOf(options, openOptions.baudRate, (bytes) => {
        if (board.preset !== 'silent') this.#received.push(bytes);
      }),
      onFailure: (error) => this.#lose(error instanceof Error ? error : new Error(String(error))),
      ...(options.clock ? { clock: options.clock } : {}),
    });
    // An operating system asserts both lines when it opens a port.
    this.#board.powerOn({ dtr: true, rts: true });
  }

  async close(): Promise<void> {
    this.#checkOpen();
    this.isOpen = false;
    this.#received.clear();
    this.#received.fail(canceled());
    this.#cancelWrite(canceled());
    // "Hang up on close": the last close releases both lines at once. Without it they are unchanged.
    if (this.openOptions.hupcl && !this.#lost) this.#board.host.setLines({ dtr: false, rts: false });
    try {
      await this.#powerOff();
    } finally {
      this.#unlock();
    }
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    this.#checkOpen();
    const bytesRead = await this.#received.read(buffer, offset, length);
    return { buffer, bytesRead };
  }

  async write(buffer: Buffer): Promise<void> {
    this.#checkOpen();
    if (this.#lost) throw this.#lost;
    const bytes = buffer.subarray(0, Math.min(buffer.length, this.#bytesToUnplug));
    this.#bytesToUnplug -= bytes.length;
    this.#board.host.write(bytes);
    const pulled = this.#bytesToUnplug === 0;
    await this.#orCancelled(this.#board.host.pending(pulled ? 0 : SEND_BUFFER_BYTES));
    if (pulled) this.#lose(unplugged());
    if (this.#lost) throw this.#lost;
  }

  async update({ baudRate }: UpdateOptions): Promise<void> {
    this.#checkUsable();
    if (!Number.isInteger(baudRate) || baudRate <= 0)
      throw new TypeError('"options.baudRate" is not a baud rate');
    this.#board.host.setBaudRate(baudRate);
    this.openOptions.baudRate = baudRate;
  }

  /** A line that is left out is asserted, as in serialport. */
  async set({ dtr = true, rts = true }: SetOptions): Promise<void> {
    this.#checkUsable();
    this.#board.host.setLines({ dtr, rts });
  }

  async get(): Promise<PortStatus> {
    this.#checkUsable();
    return { cts: false, dsr: false, dcd: false };
  }

  async getBaudRate(): Promise<{ baudRate: number }> {
    this.#checkUsable();
    return { baudRate: this.#board.host.baudRate };
  }

  async flush(): Promise<void> {
    this.#checkUsable();
    this.#received.clear();
    this.#board.host.discard();
  }

  async drain(): Promise<void> {
    this.#checkUsable();
    await this.#orCancelled(this.#board.host.pending(0));
  }

  /** The cable is unplugged: the board has no power; only reads and writes fail. */
  #lose(reason: Error): void {
    if (this.#lost) return;
    this.#lost = reason;
    this.#received.fail(reason);
    this.#powerOff().catch(() => {}); // `close` waits for the same and reports it
  }

  #powerOff(): Promise<void> {
    this.#boardClosed ??= this.#board.close();
    return this.#boardClosed;
  }

  async #orCancelled(done: Promise<void>): Promise<void> {
    const cancelled = new Promise<never>((_, reject) => {
      this.#cancelWrite = reject;
    });
    await Promise.race([done, cancelled]);
  }

  #checkOpen(): void {
    if (!this.isOpen) throw new Error('Port is not open');
  }

  #checkUsable(): void {
    this.#checkOpen();
    if (this.#lost) throw this.#lost;
  }
}

function unplugged(): Error {
  return Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
}
