// esptool-js's transport over SLIP packets, and its loader without its console. What it would do with a browser's
// port is overridden or unused.

import { ESPLoader, Transport } from 'esptool-js';
import type { PacketChannel } from './slip.js';

/** All that other modules use of esptool-js. */
export { type ESPLoader, type ROM, UnexpectedChipMagicError } from 'esptool-js';

/** The ROM listens at this rate after a reset. */
export const ROM_BAUD_RATE = 115200;

/** esptool-js allows 200 ms for the start of a stub, which is too short over a slow network. */
const SHORTEST_ANSWER_MS = 500;

const SILENT_TERMINAL = { clean() {}, write() {}, writeLine() {} };

class PacketTransport extends Transport {
  readonly #channel: PacketChannel;

  constructor(channel: PacketChannel) {
    // The base class only keeps this reference for the methods that are overridden here.
    super(undefined as unknown as ConstructorParameters<typeof Transport>[0], false);
    this.#channel = channel;
    this.baudrate = ROM_BAUD_RATE;
  }

  override getInfo(): string {
    return '';
  }
  override getVid(): undefined {}
  override getPid(): undefined {}
  override trace(): void {}
  override read(timeoutMs: number): Promise<Uint8Array> {
    // SYNC is sent repeatedly: it need not wait.
    return this.#channel.read(this.#channel.keepsInput ? timeoutMs : Math.max(timeoutMs, SHORTEST_ANSWER_MS));
  }
  override write(packet: Uint8Array): Promise<void> {
    return this.#channel.write(packet);
  }
  override flushInput(): void {
    this.#channel.discardInput();
  }
  override async drainInput(): Promise<void> {
    this.#channel.discardInput();
  }
}

/** @returns esptool-js's protocol primitives over the channel */
export function espLoader(channel: PacketChannel): ESPLoader {
  return new ESPLoader({
    transport: new PacketTransport(channel),
    baudrate: ROM_BAUD_RATE,
    romBaudrate: ROM_BAUD_RATE,
    terminal: SILENT_TERMINAL,
  });
}
