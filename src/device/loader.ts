// The chip's ROM loader and its stub, as typed operations over a Port. The only importer of esptool-js, whose
// protocol primitives are used; its transport, its console output and its flash loop are not.

import { deflateSync } from 'node:zlib';
import { ESPLoader, type ROM, Transport, UnexpectedChipMagicError } from 'esptool-js';
import { PortalError } from '../errors.js';
import type { ChipEvent } from '../progress.js';
import type { Port } from '../serial/port.js';
import { CLASSIC, CLASSIC_SLOW, playReset, RUN, TIGHT } from './resets.js';
import { PacketChannel } from './slip.js';

/** The ROM listens at this rate after a reset. */
const ROM_BAUD_RATE = 115200;

/** Reset sequences in the order in which they are tried: each host and board likes another one. */
const ENTRY_ATTEMPTS = [TIGHT, CLASSIC, TIGHT, CLASSIC_SLOW, TIGHT, CLASSIC, CLASSIC_SLOW];
const SYNCS_PER_ATTEMPT = 5;

/** Writing inflates on the chip: 16 KB of compressed blocks can be 1 MB of flash to erase and program. */
const BLOCK_TIMEOUT_MS = 40_000;

/** esptool-js's transport over our packets. What it would do with a browser's port is overridden or unused. */
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
    return this.#channel.read(timeoutMs);
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

const SILENT_TERMINAL = { clean() {}, write() {}, writeLine() {} };

/** A chip whose loader answers; `restart` gives it back to its firmware. */
export class ChipLoader {
  readonly #port: Port;
  readonly #esp: ESPLoader;
  readonly #signal: AbortSignal | undefined;

  private constructor(port: Port, esp: ESPLoader, signal: AbortSignal | undefined) {
    this.#port = port;
    this.#esp = esp;
    this.#signal = signal;
  }

  /**
   * Resets the board into its ROM loader and finds out which chip it is.
   * @throws PortalError `loader-silent`, `port-lost`; the signal's reason
   */
  static async connect(port: Port, signal?: AbortSignal): Promise<ChipLoader> {
    const channel = new PacketChannel(port, signal);
    const esp = new ESPLoader({
      transport: new PacketTransport(channel),
      baudrate: ROM_BAUD_RATE,
      romBaudrate: ROM_BAUD_RATE,
      terminal: SILENT_TERMINAL,
    });
    await port.setBaudRate(ROM_BAUD_RATE);
    const loader = new ChipLoader(port, esp, signal);
    try {
      for (const sequence of ENTRY_ATTEMPTS) {
        await playReset(port, sequence, signal);
        if (await loader.#sync()) {
          await loader.#call('loader-silent', 'identify the chip', () => detectChip(esp));
          return loader;
        }
      }
    } catch (error) {
      await playReset(port, RUN).catch(() => {}); // a board left in its loader looks dead
      throw error;
    }
    throw new PortalError(
      'loader-silent',
      channel.decoder.strayBytes > 0
        ? `The board on ${port.name} prints something, but does not enter its ROM loader.`
        : `The board on ${port.name} is silent: its ROM loader does not answer.`,
    );
  }

  async #sync(): Promise<boolean> {
    for (let attempt = 0; attempt < SYNCS_PER_ATTEMPT; attempt++) {
      try {
        await this.#esp.sync();
        return true;
      } catch (error) {
        this.#signal?.throwIfAborted();
        if (error instanceof PortalError) throw error;
      }
    }
    return false;
  }

  /**
   * Loads the stub (a faster loader, in RAM), raises the baud rate and reads the facts about the board.
   * @param baudRate bits a second for all that follows
   * @throws PortalError `flash-failed`, `port-lost`; the signal's reason
   */
  async prepare(baudRate: number): Promise<ChipEvent> {
    return this.#call('flash-failed', 'start the stub', async () => {
      await this.#esp.runStub();
      if (baudRate !== ROM_BAUD_RATE) {
        // Second argument: the rate in force, which tells the stub that it is meant and not the ROM.
        const rates = new Uint8Array(new Uint32Array([baudRate, ROM_BAUD_RATE]).buffer);
        await this.#esp.command(this.#esp.ESP_CHANGE_BAUDRATE, rates);
        await this.#port.setBaudRate(baudRate);
      }
      const flashSize = await this.#esp.detectFlashSize();
      return {
        event: 'chip',
        chip: await this.#esp.chip.getChipDescription(this.#esp),
        mac: await this.#esp.chip.readMac(this.#esp),
        flashSizeBytes: flashSize === undefined ? 0 : this.#esp.flashSizeBytes(flashSize as '4MB'),
      };
    });
  }

  /** The family, as image files are named for it: `ESP8266`, `ESP32`, `ESP32-S3`… */
  get family(): string {
    return this.#esp.chip.CHIP_NAME;
  }

  /** Erases the whole flash. */
  async eraseAll(): Promise<void> {
    await this.#call('flash-failed', 'erase the flash', () => this.#esp.eraseFlash());
  }

  /**
   * Writes bytes to flash, compressed; the stub erases what they cover.
   * @param onBytes told how much of the compressed data has been acknowledged
   */
  async write(
    address: number,
    bytes: Uint8Array,
    onBytes: (doneBytes: number, totalBytes: number) => void,
  ): Promise<void> {
    const compressed = deflateSync(bytes, { level: 9 });
    const blockBytes = this.#esp.FLASH_WRITE_SIZE;
    await this.#call('flash-failed', 'write the flash', async () => {
      await this.#esp.flashDeflBegin(bytes.length, compressed.length, address);
      for (let start = 0; start < compressed.length; start += blockBytes) {
        const block = compressed.subarray(start, start + blockBytes);
        await this.#esp.flashDeflBlock(block, start / blockBytes, BLOCK_TIMEOUT_MS);
        onBytes(start + block.length, compressed.length);
      }
      // A failed write is reported on the next command: this one asks the stub to stay.
      await this.#esp.flashDeflFinish(false, BLOCK_TIMEOUT_MS);
    });
  }

  /** Reads a few bytes of the flash. */
  async read(address: number, sizeBytes: number): Promise<Uint8Array> {
    return this.#call('flash-failed', 'read the flash', () => this.#esp.readFlash(address, sizeBytes));
  }

  /** @returns the MD5 of a region of the flash, as the chip computes it, in lower-case hex */
  async md5(address: number, sizeBytes: number): Promise<string> {
    return this.#call('flash-failed', 'read the flash back', () => this.#esp.flashMd5sum(address, sizeBytes));
  }

  /** Restarts the chip into its firmware, at the rate that firmware speaks; also when the caller was interrupted. */
  async restart(baudRate: number): Promise<void> {
    await this.#port.setBaudRate(baudRate);
    this.#port.discardInput();
    await playReset(this.#port, RUN);
  }

  /** Wraps esptool-js's errors once, here. */
  async #call<T>(
    code: 'loader-silent' | 'flash-failed',
    doing: string,
    action: () => Promise<T>,
  ): Promise<T> {
    try {
      return await action();
    } catch (error) {
      this.#signal?.throwIfAborted();
      if (error instanceof PortalError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new PortalError(code, `Could not ${doing}: ${reason}.`, { cause: error });
    }
  }
}

/**
 * Finds the chip by its magic value. GET_SECURITY_INFO, which esptool-js asks first, makes old ROMs fall silent;
 * only chips without a magic value are asked for it.
 */
async function detectChip(esp: ESPLoader): Promise<void> {
  let chip: ROM;
  try {
    // biome-ignore lint/complexity/useLiteralKeys: private, and the only way to skip GET_SECURITY_INFO
    chip = await esp['identifyChipByMagic']();
  } catch (error) {
    if (!(error instanceof UnexpectedChipMagicError)) throw error;
    // biome-ignore lint/complexity/useLiteralKeys: private
    chip = await esp['identifyChip']();
  }
  if (chip.CHIP_NAME === 'ESP8266') {
    // 0 means "none" to the ESP8266 target and "at offset 0" to the loader, which then misreads the flash id.
    Object.assign(chip, { SPI_MOSI_DLEN_OFFS: null, SPI_MISO_DLEN_OFFS: null });
  }
  // biome-ignore lint/complexity/useLiteralKeys: private; also tells the loader the byte order of SPI addresses
  esp['applyDetectedChip'](chip);
}
