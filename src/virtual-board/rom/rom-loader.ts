// Commands that the loaders in all ROMs have: enough to fill RAM and start a stub, or to write flash slowly.

import { ERASE_BLOCK_BYTES, SECTOR_BYTES } from '../flash/nor-flash.js';
import type { UnknownCommandReaction } from './chips/chip-definition.js';
import { esp32RomCommands } from './chips/esp32-rom-commands.js';
import { securityCommands } from './chips/security-info.js';
import type { CommandTable, LoaderCommand } from './command-loop.js';
import { OP, readRomBlock } from './link/packet.js';
import type { SlipLink } from './link/slip-link.js';
import type { LoaderMachine } from './machine.js';
import { failed, ROM_ERROR } from './rom-errors.js';

const SYNC_ANSWERS = 8;
const LARGEST_FLASH_BYTES = 16 * 1024 * 1024;
const SECTORS_PER_BLOCK = ERASE_BLOCK_BYTES / SECTOR_BYTES;

/**
 * How many sectors an ESP8266's ROM erases for a request of `askedSectors`: its routine erases the sectors up to the next
 * 64 KB boundary without counting them. Flashers compensate for that.
 */
export function esp8266ErasedSectors(firstSector: number, askedSectors: number): number {
  const toBoundary = SECTORS_PER_BLOCK - (firstSector % SECTORS_PER_BLOCK);
  return askedSectors + Math.min(askedSectors, toBoundary);
}

/** The table of the ROM loader. */
export function romLoader(
  machine: LoaderMachine,
  link: SlipLink,
  onUnknown: UnknownCommandReaction,
): CommandTable & { close(): void } {
  const { chip } = machine;
  const esp32 = chip.rom === 'esp32' ? esp32RomCommands(machine, link) : undefined;
  let last: { op: number; value: number } = { op: 0, value: 0 };

  const commands: Record<number, LoaderCommand> = {
    [OP.sync]: () => ({ value: chip.syncValue, answers: SYNC_ANSWERS }),
    ...registerCommands(machine),
    ...ramCommands(machine),
    ...flashCommands(machine, () => esp32?.flashIsAttached() ?? true),
    ...esp32?.commands,
    ...securityCommands(machine),
  };

  function remember(op: number, command: LoaderCommand): LoaderCommand {
    return async (request) => {
      const outcome = await command(request);
      last = { op, value: outcome.value ?? 0 };
      return outcome;
    };
  }

  return {
    statusBytes: chip.romStatusBytes,
    commands: new Map(
      Object.entries(commands).map(([op, command]) => [Number(op), remember(Number(op), command)]),
    ),
    // The ROM leaves its answer as the last command filled it and only sets the error. So the answer carries
    // that command's number, and is sent eight times after a SYNC; flashers expect both.
    unknown: () => {
      if (onUnknown === 'silence') return { answers: 0 };
      if (onUnknown === 'reset') return { answers: 0, exit: 'restart' };
      return {
        ...failed(ROM_ERROR.invalidMessage),
        ...last,
        answers: last.op === OP.sync ? SYNC_ANSWERS : 1,
      };
    },
    close: () => esp32?.close(),
  };
}

function registerCommands({ space }: LoaderMachine): Record<number, LoaderCommand> {
  return {
    [OP.readReg]: (request) => ({ value: space.read(request.word(0)) }),
    [OP.writeReg]: (request) => {
      space.writeMasked(request.word(0), request.word(1), request.word(2));
      return {};
    },
  };
}

function ramCommands({ ram }: LoaderMachine): Record<number, LoaderCommand> {
  return {
    [OP.memBegin]: (request) => {
      ram.begin(request.word(0), request.word(3));
      return {};
    },
    [OP.memData]: (request) => {
      const block = readRomBlock(request);
      if (block === undefined) return failed(ROM_ERROR.badChecksum);
      return ram.write(block) === 'ok' ? {} : failed(ROM_ERROR.failed);
    },
    [OP.memEnd]: (request) => {
      if (!ram.end()) return failed(ROM_ERROR.failed);
      const [stay, entry] = [request.word(0), request.word(1)];
      if (stay !== 0) return {};
      return { exit: ram.holdsProgramAt(entry) ? 'start-stub' : 'crash' };
    },
  };
}

/** Plain writes: the whole area is erased first. */
function flashCommands(
  { chip, flash }: LoaderMachine,
  isAttached: () => boolean,
): Record<number, LoaderCommand> {
  let nextWrite: number | undefined;
  return {
    [OP.flashBegin]: async (request) => {
      const [sizeBytes, address] = [request.word(0), request.word(3)];
      if (!isAttached() || address + sizeBytes > LARGEST_FLASH_BYTES) return failed(ROM_ERROR.failed);
      const firstSector = Math.floor(address / SECTOR_BYTES);
      const asked = Math.ceil(sizeBytes / SECTOR_BYTES);
      const count = chip.rom === 'esp8266' ? esp8266ErasedSectors(firstSector, asked) : asked;
      for (let index = 0; index < count; index++) {
        await flash.eraseSector((firstSector + index) * SECTOR_BYTES);
      }
      await flash.ready();
      nextWrite = address;
      return {};
    },
    [OP.flashData]: async (request) => {
      const block = readRomBlock(request);
      if (block === undefined) return failed(ROM_ERROR.badChecksum);
      if (nextWrite === undefined) return failed(ROM_ERROR.failed);
      await flash.write(nextWrite, block);
      await flash.ready();
      nextWrite += block.length;
      return {};
    },
    [OP.flashEnd]: (request) => {
      nextWrite = undefined;
      return { exit: request.word(0) === 0 ? 'restart' : 'run-user-code' };
    },
  };
}
