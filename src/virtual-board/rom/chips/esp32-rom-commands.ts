// What the ESP32's ROM loader can do beyond the ESP8266's: compressed writes, digests, another baud rate.
// https://docs.espressif.com/projects/esptool/en/latest/esp32/advanced-topics/serial-protocol.html

import { SECTOR_BYTES } from '../../flash/nor-flash.js';
import type { LoaderCommand } from '../command-loop.js';
import { FlashInflater } from '../flash/inflater.js';
import { OP, readRomBlock } from '../link/packet.js';
import type { SlipLink } from '../link/slip-link.js';
import type { LoaderMachine } from '../machine.js';
import { failed, ROM_ERROR } from '../rom-errors.js';

const LARGEST_SLOW_READ_BYTES = 64;

interface Esp32RomCommands {
  readonly commands: Readonly<Record<number, LoaderCommand>>;
  /** After a reset the ROM does not drive the flash's pins before SPI_ATTACH. */
  flashIsAttached(): boolean;
  /** Ends an unfinished write. */
  close(): void;
}

export function esp32RomCommands(machine: LoaderMachine, link: SlipLink): Esp32RomCommands {
  let attached = false;
  const flashIsAttached = (): boolean => attached;
  const writing = compressedWrites(machine, flashIsAttached);
  const commands: Record<number, LoaderCommand> = {
    [OP.spiAttach]: () => {
      attached = true;
      return {};
    },
    // Its sizes are limits for the ROM; the simulated flash has its own.
    [OP.spiSetParams]: () => ({}),
    [OP.changeBaudRate]: (request) => {
      const { uartDivider, assumedCrystalHz = uartDivider.clockHz } = machine.chip;
      const baudRate = Math.round((request.word(0) * uartDivider.clockHz) / assumedCrystalHz);
      return { afterwards: () => link.uart.setBaudRate(baudRate) };
    },
    ...readCommands(machine, flashIsAttached),
    ...writing.commands,
  };
  return { commands, flashIsAttached, close: writing.close };
}

function readCommands(
  { flash }: LoaderMachine,
  flashIsAttached: () => boolean,
): Record<number, LoaderCommand> {
  return {
    [OP.spiFlashMd5]: async (request) => {
      const [address, lengthBytes] = [request.word(0), request.word(1)];
      if (!flashIsAttached() || address + lengthBytes > flash.sizeBytes) return failed(ROM_ERROR.failed);
      const digest = await flash.md5(address, lengthBytes);
      return { data: new TextEncoder().encode(digest.toString('hex')) };
    },
    [OP.readFlashSlow]: async (request) => {
      const [address, lengthBytes] = [request.word(0), request.word(1)];
      if (!flashIsAttached() || lengthBytes > LARGEST_SLOW_READ_BYTES) return failed(ROM_ERROR.failed);
      await flash.ready();
      return { data: flash.read(address, lengthBytes) };
    },
  };
}

interface CompressedWrite {
  readonly inflater: FlashInflater;
  address: number;
  remainingBytes: number;
}

function compressedWrites(
  { flash }: LoaderMachine,
  flashIsAttached: () => boolean,
): Pick<Esp32RomCommands, 'commands' | 'close'> {
  let writing: CompressedWrite | undefined;

  function close(): void {
    writing?.inflater.close();
    writing = undefined;
  }

  const commands: Record<number, LoaderCommand> = {
    [OP.flashDeflBegin]: async (request) => {
      const [sizeBytes, address] = [request.word(0), request.word(3)];
      if (!flashIsAttached() || address + sizeBytes > flash.sizeBytes) return failed(ROM_ERROR.failed);
      close();
      const end = address + sizeBytes;
      for (let next = address - (address % SECTOR_BYTES); next < end; next += SECTOR_BYTES) {
        await flash.eraseSector(next);
      }
      await flash.ready();
      writing = { inflater: new FlashInflater(), address, remainingBytes: sizeBytes };
      return {};
    },
    [OP.flashDeflData]: async (request) => {
      const block = readRomBlock(request);
      if (block === undefined) return failed(ROM_ERROR.badChecksum);
      if (writing === undefined) return failed(ROM_ERROR.failed);
      await writing.inflater.feed(block);
      if (writing.inflater.failed) return failed(ROM_ERROR.deflateError);
      const bytes = writing.inflater.take(writing.remainingBytes);
      await flash.write(writing.address, bytes);
      await flash.ready();
      writing.address += bytes.length;
      writing.remainingBytes -= bytes.length;
      return {};
    },
    [OP.flashDeflEnd]: (request) => {
      close();
      return request.word(0) === 0 ? { exit: 'restart' } : {};
    },
  };
  return { commands, close };
}
