// The bus of a virtual board with native USB: a list with at most one device, which gets
// another path each time it comes back, and a binding that opens it. The board keeps running while its device is away.

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Binding, BindingPort, OpenOptions } from '../../port/binding-types.js';
import { usbDevicesFolder } from '../state/board-folder.js';
import { AttachedPort } from './attached-port.js';
import type { UsbDevice } from './bus-presence.js';
import { PACKET_BYTES } from './host-packets.js';

const VENDOR_ID = '303a';
const FIRST_DEVICE_WITHIN_MS = 10_000;
/**
 * What an unopened device holds. A chip holds less, but waits 200 ms for room (host-packets.ts); a board at full speed
 * prints in that time what a chip prints in a second.
 */
const HELD_BYTES = 4096;

/** An entry in a computer's list of ports. */
interface ListedDevice extends UsbDevice {
  readonly path: string;
  readonly vendorId: string;
  readonly locationId: string;
}

interface UsbBusOptions {
  /** The board's, for paths and the place on the hubs. */
  readonly name: string;
  /** Makes the binding whose port is the board itself. */
  readonly board: (onUsbDevice: (device: UsbDevice | undefined) => void) => Binding;
  /** Stands still this long after each 32 KB, see HostPackets. */
  readonly stallMs?: number | undefined;
}

export class VirtualUsbBus {
  readonly #name: string;
  readonly #binding: Binding;
  readonly #stallMs: number;
  #board: BindingPort | undefined;
  #device: ListedDevice | undefined;
  #arrivals = 0;
  #attached: AttachedPort | undefined;
  /** Printed since the device came, which no program has opened yet. */
  #held: Buffer[] | undefined;
  #onArrival: (path: string) => void = () => {};

  constructor({ name, board, stallMs = 0 }: UsbBusOptions) {
    this.#name = name;
    this.#stallMs = stallMs;
    this.#binding = board((device) => this.#change(device));
  }

  /**
   * Gives the board power.
   * @returns the path of its device, once it has one
   * @throws what the binding's `open` does
   */
  async plugIn(baudRate: number): Promise<string> {
    const arrived = new Promise<string>((resolve) => {
      this.#onArrival = resolve;
    });
    this.#board = await this.#binding.open({ path: this.#name, baudRate, hupcl: false });
    void this.#passOn(this.#board);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((_, reject) => {
      const error = Object.assign(new Error('the board has no USB device'), { code: 'ENOENT' });
      timer = setTimeout(() => reject(error), FIRST_DEVICE_WITHIN_MS);
    });
    try {
      return await Promise.race([arrived, late]);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** What comes while there is no device is lost, as on a bus. */
  async #passOn(board: BindingPort): Promise<void> {
    const packet = Buffer.alloc(PACKET_BYTES);
    try {
      for (;;) {
        const { bytesRead } = await board.read(packet, 0, packet.length);
        this.#receive(Buffer.from(packet.subarray(0, bytesRead)));
      }
    } catch {
      this.#change(undefined); // the board has no power any more
    }
  }

  #receive(packet: Buffer): void {
    const held = this.#held;
    if (!held) this.#attached?.receive(packet);
    else if (held.reduce((sum, { length }) => sum + length, packet.length) <= HELD_BYTES) held.push(packet);
  }

  readonly list = async (): Promise<ListedDevice[]> => (this.#device ? [this.#device] : []);

  /** Opens the device at the path that it has now. */
  readonly binding: Binding = {
    list: () => Promise.resolve([]),
    open: async (options: OpenOptions): Promise<BindingPort> => {
      const board = this.#board;
      if (!board || options.path !== this.#device?.path)
        throw Object.assign(new Error(`No such file or directory, cannot open ${options.path}`), {
          code: 'ENOENT',
        });
      if (this.#attached?.isOpen) throw new Error('Error: Resource temporarily unavailable Cannot lock port');
      // Before DTR is on: what the chip has kept comes at once.
      const attached = new AttachedPort(board, options, this.#stallMs);
      this.#attached = attached;
      for (const packet of this.#held ?? []) attached.receive(packet);
      this.#held = undefined;
      try {
        await board.set({ dtr: true, rts: true }); // as an operating system does
      } catch (error) {
        await attached.close();
        throw error;
      }
      return attached;
    },
  };

  async close(): Promise<void> {
    const board = this.#board;
    this.#board = undefined;
    this.#change(undefined);
    await board?.close();
  }

  #change(device: UsbDevice | undefined): void {
    this.#device = undefined;
    this.#held = undefined;
    this.#attached?.unplug();
    listDevice(this.#name, undefined);
    if (!device) return;
    const path = `virtual:${this.#name}/ttyACM${this.#arrivals++}`;
    this.#device = { path, vendorId: VENDOR_ID, locationId: `virtual-${this.#name}`, ...device };
    this.#held = [];
    listDevice(this.#name, this.#device);
    this.#onArrival(path);
  }
}

/** A file in $ESP_PORTAL_USB_DEVICES while the device is on the bus. */
function listDevice(boardName: string, device: ListedDevice | undefined): void {
  const folder = usbDevicesFolder();
  if (!folder) return;
  const file = join(folder, `${boardName}.json`);
  if (!device) {
    rmSync(file, { force: true });
    return;
  }
  mkdirSync(folder, { recursive: true });
  // Whole or not there at all.
  writeFileSync(`${file}.new`, JSON.stringify(device));
  renameSync(`${file}.new`, file);
}
