// The device of a virtual board while a program has it open, as serialport's bindings are.

import type { BindingPort, OpenOptions, SetOptions, UpdateOptions } from '../../port/binding-types.js';
import { canceled } from '../../port/receive-buffer.js';
import { SYSTEM_CLOCK } from '../clock.js';
import { HostPackets } from './host-packets.js';

function gone(call: string): Error {
  return Object.assign(new Error(`EIO: i/o error, ${call}`), { code: 'EIO' });
}

/** The device while it is open: it ends with the device, and leaves the board alone. */
export class AttachedPort implements BindingPort {
  readonly openOptions: BindingPort['openOptions'];
  isOpen = true;
  readonly #board: BindingPort;
  /** Has left the bus. */
  #isGone = false;
  readonly #packets: HostPackets;
  #end: (error: Error) => void = () => {};
  readonly #ended = new Promise<never>((_, reject) => {
    this.#end = reject;
  });

  constructor(board: BindingPort, options: OpenOptions, stallMs: number) {
    this.#board = board;
    this.#packets = new HostPackets({ stallMs, clock: SYSTEM_CLOCK });
    this.openOptions = { ...board.openOptions, ...options };
    this.#ended.catch(() => {});
  }

  receive(packet: Uint8Array): void {
    if (!this.#isGone) this.#packets.push(packet);
  }

  unplug(): void {
    this.#isGone = true;
    this.#fail(gone('read'));
  }

  async close(): Promise<void> {
    if (!this.isOpen) throw new Error('Port is not open');
    this.isOpen = false;
    this.#packets.clear();
    this.#fail(canceled());
  }

  #fail(error: Error): void {
    this.#packets.fail(error);
    this.#end(error);
  }

  async read(buffer: Buffer, offset: number, length: number): Promise<{ buffer: Buffer; bytesRead: number }> {
    if (!this.isOpen) throw new Error('Port is not open');
    return { buffer, bytesRead: await this.#packets.read(buffer, offset, length) };
  }

  async write(buffer: Buffer): Promise<void> {
    this.#check('write');
    await Promise.race([this.#packets.passing(buffer.length), this.#ended]);
    await Promise.race([this.#board.write(buffer), this.#ended]);
  }

  async update(options: UpdateOptions): Promise<void> {
    this.#check('ioctl');
    await this.#board.update(options);
    this.openOptions.baudRate = options.baudRate;
  }

  async set(options: SetOptions): Promise<void> {
    this.#check('ioctl');
    await this.#board.set(options);
  }

  get() {
    this.#check('ioctl');
    return this.#board.get();
  }

  getBaudRate() {
    this.#check('ioctl');
    return this.#board.getBaudRate();
  }

  async flush(): Promise<void> {
    this.#check('ioctl');
    this.#packets.clear();
    await this.#board.flush();
  }

  async drain(): Promise<void> {
    this.#check('ioctl');
    await Promise.race([this.#board.drain(), this.#ended]);
  }

  #check(call: string): void {
    if (!this.isOpen) throw new Error('Port is not open');
    if (this.#isGone) throw gone(call);
  }
}
