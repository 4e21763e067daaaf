// A flasher that sends raw frames to a loader of a virtual board, so that nothing is corrected on the way.

import type { SerialPortStream } from '@serialport/stream';
import { expect } from 'vitest';
import type { ChipName } from '../../src/virtual-board/chips/chips.js';
import type { UnknownCommandReaction } from '../../src/virtual-board/rom/chips/chip-definition.js';
import { encodeSlip, SlipDecoder } from '../../src/virtual-board/rom/link/slip.js';
import { connectLoader } from './loader-transport.js';
import {
  enterDownloadMode,
  openStream,
  readUntil,
  setBaudRate,
  setLines,
  temporaryFolder,
} from './virtual-port.js';

interface Reply {
  readonly op: number;
  readonly value: number;
  readonly data: number[];
}

/** Sends requests and collects the frames that come back. */
export class RawFlasher {
  readonly #stream: SerialPortStream;
  readonly #frames: Uint8Array[] = [];
  readonly #decoder = new SlipDecoder();
  #wake: () => void = () => {};

  constructor(stream: SerialPortStream) {
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      this.#frames.push(...this.#decoder.push(bytes));
      this.#wake();
    });
    stream.resume();
  }

  send(op: number, data: Uint8Array, checksum = 0): void {
    const packet = new Uint8Array(8 + data.length);
    const view = new DataView(packet.buffer);
    view.setUint8(1, op);
    view.setUint16(2, data.length, true);
    view.setUint32(4, checksum, true);
    packet.set(data, 8);
    this.sendFrame(packet);
  }

  sendFrame(payload: Uint8Array): void {
    this.#stream.write(Buffer.from(encodeSlip(payload)));
  }

  setBaudRate(baudRate: number): Promise<void> {
    return setBaudRate(this.#stream, baudRate);
  }

  async frame(): Promise<Uint8Array> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame) return frame;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async reply(): Promise<Reply> {
    const frame = await this.frame();
    const view = new DataView(frame.buffer, frame.byteOffset);
    return { op: view.getUint8(1), value: view.getUint32(4, true), data: [...frame.subarray(8)] };
  }

  async ask(op: number, data: Uint8Array, checksum = 0): Promise<Reply> {
    this.send(op, data, checksum);
    return this.reply();
  }

  /** A block as data commands carry it: its length, a number, two zeros, its bytes. */
  askBlock(op: number, block: Uint8Array, sequence: number, checksum = xor(block)): Promise<Reply> {
    return this.ask(op, Buffer.concat([words(block.length, sequence, 0, 0), block]), checksum);
  }
}

export const OK = [0, 0];
export const ESP32_OK = [0, 0, 0, 0];
export const SYNC = Uint8Array.from([0x07, 0x07, 0x12, 0x20, ...new Array<number>(32).fill(0x55)]);
export const xor = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum ^ byte, 0xef);
export const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

interface RomOptions {
  readonly stateRoot?: string;
  readonly security?: UnknownCommandReaction;
}

export async function rom({
  stateRoot = temporaryFolder(),
  security = 'error',
}: RomOptions = {}): Promise<RawFlasher> {
  const stream = await openStream({ stateRoot, security });
  await enterDownloadMode(stream);
  const flasher = new RawFlasher(stream);
  flasher.send(0x08, SYNC);
  for (let count = 0; count < 8; count++) {
    expect(await flasher.reply()).toEqual({ op: 0x08, value: 0x20120707, data: OK });
  }
  return flasher;
}

/** The ROM of an ESP32 or a later chip, at the rate of its boot log; its flash is attached. */
export async function esp32Rom(chip: ChipName = 'esp32', baudRate = 115200): Promise<RawFlasher> {
  const stream = await openStream({ stateRoot: temporaryFolder(), chip });
  await setBaudRate(stream, baudRate);
  const waiting = readUntil(stream, 'waiting for download\r\n');
  await setLines(stream, false, true);
  await setLines(stream, true, false);
  await waiting;
  const flasher = new RawFlasher(stream);
  expect(await flasher.ask(0x0d, words(0, 0))).toMatchObject({ op: 0x0d, data: ESP32_OK });
  return flasher;
}

export async function stub(stateRoot = temporaryFolder(), chip: ChipName = 'esp8266'): Promise<RawFlasher> {
  const stream = await openStream({ stateRoot, chip });
  const { loader } = await connectLoader(stream);
  await loader.runStub();
  return new RawFlasher(stream);
}
