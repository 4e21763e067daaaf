// The chip's ROM loader and its stub, as typed operations over a Port, on esptool-js's protocol primitives.

import { PortalError } from '../errors.js';
import { ByteReader } from '../port/byte-reader.js';
import type { NativeUsb, Port } from '../port/port.js';
import type { ChipEvent } from '../progress.js';
import { describeChip, detectChip, hasOctalPsram, readFlashSize, readIdentity } from './chip-identity.js';
import type { Compression } from './compression.js';
import { CHIP_FAMILIES, familyNamed, revisionText, type UsbRegisters } from './families.js';
import { diagnoseLoader } from './loader-diagnosis.js';
import { answersWithin, enterRom, findStub, type LoaderLink, RATE_PROBE_TIMEOUT_MS } from './loader-entry.js';
import { type ESPLoader, espLoader, type ROM } from './packet-transport.js';
import { type ResetSequence, RUN, runResetSequence } from './resets.js';
import { PacketChannel, slipEncode } from './slip.js';
import { readFlash } from './stub/flash-read.js';
import { powerOnFlash, sendCompressed } from './stub/flash-write.js';
import {
  isDownloadForced,
  prepareUsb,
  readRomPort,
  resetByWatchdog,
  restartsByWatchdog,
} from './usb-loader.js';

const READ_STATUS = 0x05;
/** Block protection bits of a flash chip's status register. */
const PROTECTION_BITS = 0b11100;

/** How the firmware is started: by the reset line, by the stub, or by the user, who presses the reset button. */
export type Start = 'reset' | 'stub' | 'by-hand';

interface ConnectOptions {
  /** Where a stub that an earlier run left may listen, on a board that cannot be reset. */
  fastBaudRate: number;
  /** Instead of those that are usual for such a port. */
  resetSequence?: ResetSequence | undefined;
  signal?: AbortSignal | undefined;
}

/** A chip whose loader answers; `restart` gives it back to its firmware. */
export class ChipLoader {
  readonly #link: LoaderLink;
  readonly #esp: ESPLoader;
  /** Whether the ROM printed its banner after a reset by the control lines. */
  #linesWork = false;
  /** Of a board whose port does not say it, as behind a network. */
  #remoteUsb: NativeUsb | undefined;
  #revision: number | undefined;

  private constructor(port: Port, signal: AbortSignal | undefined) {
    const channel = new PacketChannel(port, signal);
    this.#esp = espLoader(channel);
    this.#link = { port, channel, esp: this.#esp, signal };
  }

  /**
   * Resets the board into its ROM loader and finds out which chip it is. A board that is there already, or runs a
   * stub, is taken as it is.
   * @throws PortalError `loader-silent`, `board-restarts`, `board-locked`, `port-lost`; the signal's reason
   */
  static async connect(port: Port, options: ConnectOptions): Promise<ChipLoader> {
    const { fastBaudRate, resetSequence, signal } = options;
    const loader = new ChipLoader(port, signal);
    try {
      await loader.#enter(resetSequence, fastBaudRate);
      await loader.#call('loader-silent', 'identify the chip', () => loader.#identify());
      return loader;
    } catch (error) {
      // A board in its loader does not respond to users.
      await loader.#leave().catch(() => {});
      throw error;
    }
  }

  async #enter(resetSequence: ResetSequence | undefined, fastBaudRate: number): Promise<void> {
    const entered = await enterRom(this.#link, resetSequence);
    if (entered) {
      this.#linesWork = entered.linesWork;
      this.#remoteUsb = entered.remoteUsb;
      return;
    }
    if (await findStub(this.#link, fastBaudRate)) return;
    throw await diagnoseLoader(this.#link.port, this.#link.channel.decoder.strayBytes > 0, this.#link.signal);
  }

  async #identify(): Promise<void> {
    await detectChip(this.#esp);
    const { family, revision, locks } = await readIdentity(this.#esp);
    this.#revision = revision;
    if (locks.length > 0) {
      throw new PortalError(
        'board-locked',
        `The ${family} on ${this.#link.port.name} is locked: its eFuses enable ${locks.join(' and ')}.`,
      );
    }
    const registers = this.#usbRegisters;
    if (!this.#usb && registers) {
      this.#remoteUsb = await readRomPort(this.#esp, registers, revision);
      if (!this.#remoteUsb && (await isDownloadForced(this.#esp, registers)))
        this.#remoteUsb = { kind: 'usb-rom', mac: undefined };
    }
    await prepareUsb(this.#esp, { name: this.#link.port.name, usb: this.#usb }, registers);
  }

  get #usb(): NativeUsb | undefined {
    return this.#link.port.usb ?? this.#remoteUsb;
  }

  get #usbRegisters(): UsbRegisters | undefined {
    const chip: ROM | undefined = this.#esp.chip; // none before it is identified
    const family = familyNamed(chip?.CHIP_NAME ?? '');
    return family && CHIP_FAMILIES[family].usb;
  }

  /**
   * Loads the stub (a faster loader, in RAM), raises the baud rate and reads the facts about the board.
   * @param baudRate bits a second for all that follows
   * @throws PortalError `flash-failed`, `flash-missing`, `port-lost`; the signal's reason
   */
  async prepare(baudRate: number): Promise<ChipEvent> {
    return this.#call('flash-failed', 'start the stub', async () => {
      const { chip } = this.#esp;
      await powerOnFlash(this.#esp);
      await this.#esp.runStub();
      const crystalMHz = await chip.getCrystalFreq(this.#esp); // computed from the current rate
      await this.#setBaudRate(baudRate);
      const description = await describeChip(this.#esp, this.#revision);
      const flashSizeBytes = await readFlashSize(this.#esp);
      return {
        event: 'chip',
        chip: description,
        revision: this.#revision === undefined ? undefined : revisionText(this.#revision),
        mac: await chip.readMac(this.#esp),
        crystalMHz,
        flashSizeBytes,
      };
    });
  }

  async #setBaudRate(baudRate: number): Promise<void> {
    const before = this.#link.port.baudRate;
    if (baudRate === before || this.#usb) return; // USB ignores the baud rate
    // Second argument: the current rate, which addresses the stub instead of the ROM.
    const rates = new Uint8Array(new Uint32Array([baudRate, before]).buffer);
    await this.#esp.command(this.#esp.ESP_CHANGE_BAUDRATE, rates);
    await this.#link.port.setBaudRate(baudRate);
    if (await answersWithin(this.#link, RATE_PROBE_TIMEOUT_MS)) return;
    if (await answersWithin(this.#link, RATE_PROBE_TIMEOUT_MS)) {
      // Where the first answer was only late, the second would be taken for that to the next command.
      return this.#link.channel.settle(RATE_PROBE_TIMEOUT_MS);
    }
    throw new PortalError('flash-failed', `The board does not answer at ${baudRate} baud.`);
  }

  /** The family, as image files are named for it: `ESP8266`, `ESP32`, `ESP32-S3`… */
  get family(): string {
    return this.#esp.chip.CHIP_NAME;
  }

  /** In hundredths: 301 is v3.1; an ESP8266 does not report it. */
  get revision(): number | undefined {
    return this.#revision;
  }

  /** Whether the chip's package has PSRAM on eight data lines. */
  async hasOctalPsram(): Promise<boolean> {
    return this.#call('flash-failed', 'read the eFuses', () => hasOctalPsram(this.#esp));
  }

  /** Erases the whole flash. */
  async eraseAll(): Promise<void> {
    await this.#call('flash-failed', 'erase the flash', () => this.#esp.eraseFlash());
  }

  /**
   * Writes to flash; what the data covers is erased before.
   * @param onBytes called with the acknowledged part of the compressed data, once its size is known
   */
  async write(
    address: number,
    data: Compression,
    onBytes: (doneBytes: number, totalBytes: number) => void = () => {},
  ): Promise<void> {
    await this.#call('flash-failed', 'write the flash', () =>
      sendCompressed(this.#esp, this.#link.channel, address, data, onBytes),
    );
  }

  /**
   * Reads flash.
   * @param onBytes called with the part that is here
   */
  async read(
    address: number,
    sizeBytes: number,
    onBytes: (doneBytes: number) => void = () => {},
  ): Promise<Uint8Array> {
    return this.#call('flash-failed', 'read the flash', () =>
      readFlash(this.#esp, this.#link.channel, { address, sizeBytes }, onBytes),
    );
  }

  /** @returns the MD5 of a region of the flash, as the chip computes it, in lower-case hex */
  async md5(address: number, sizeBytes: number): Promise<string> {
    return this.#call('flash-failed', 'read the flash back', () => this.#esp.flashMd5sum(address, sizeBytes));
  }

  /** Whether the flash chip's own protection is switched on, so that it takes writes and does not do them. */
  async isWriteProtected(): Promise<boolean> {
    const status = await this.#call('flash-failed', 'read the state of the flash', () =>
      this.#esp.runSpiflashCommand(READ_STATUS, new Uint8Array(0), 8),
    );
    return (status & PROTECTION_BITS) !== 0;
  }

  /**
   * Restarts the chip into its firmware, at the firmware's baud rate; also when the caller was interrupted.
   * @returns how: without reset lines an ESP8266's stub can start the firmware, others wait for a hand
   */
  async restart(baudRate: number): Promise<Start> {
    const canRunFirmware = !this.#linesWork && this.#esp.IS_STUB && this.family === 'ESP8266';
    if (canRunFirmware) {
      // Before the firmware starts: the port must not miss what it prints first. A stub that does not answer gets the command too.
      await this.#link.channel.ignoringAbort(() => this.#setBaudRate(baudRate)).catch(() => {});
      const runUserCode = new Uint8Array([0, this.#esp.ESP_RUN_USER_CODE, 0, 0, 0, 0, 0, 0]);
      await this.#link.port.write(slipEncode(runUserCode));
    }
    await this.#link.port.setBaudRate(baudRate);
    if ((await this.#leave()) === 'watchdog' || this.#linesWork) return 'reset';
    return canRunFirmware ? 'stub' : 'by-hand';
  }

  /** Resets the chip by its lines, or over USB-OTG, where no line does it, by its watchdog. */
  async #leave(): Promise<'watchdog' | 'lines'> {
    const registers = this.#usbRegisters;
    if (registers && restartsByWatchdog(this.#usb, registers)) {
      await this.#link.channel.ignoringAbort(() => resetByWatchdog(this.#esp, registers));
      return 'watchdog';
    }
    await ByteReader.of(this.#link.port).discard();
    await runResetSequence(this.#link.port, RUN);
    return 'lines';
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
      this.#link.signal?.throwIfAborted();
      if (error instanceof PortalError) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw new PortalError(code, `Could not ${doing}: ${reason}.`, { cause: error });
    }
  }
}
