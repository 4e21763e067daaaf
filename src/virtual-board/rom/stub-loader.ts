// Commands of the flasher stub that a flasher uploads, as Espressif's own behaves; the stub's code itself is
// not executed.

import { ERASE_BLOCK_BYTES, SECTOR_BYTES } from '../flash/nor-flash.js';
import { securityCommands } from './chips/security-info.js';
import type { CommandOutcome, CommandTable, LoaderCommand } from './command-loop.js';
import { sendFlash } from './flash/flash-reader.js';
import { FlashWriter } from './flash/flash-writer.js';
import { OP, type Request, readBlock } from './link/packet.js';
import type { SlipLink } from './link/slip-link.js';
import type { LoaderMachine } from './machine.js';
import { STUB_ERROR } from './stub-errors.js';

/** First frame that the stub sends. */
export const STUB_GREETING = new TextEncoder().encode('OHAI');

const SYNC_ANSWERS = 8;
const LARGEST_BLOCK_BYTES = 0x4000;
const REGISTER_WRITE_BYTES = 16;
const ASSUMED_FLASH_BYTES = 16 * 1024 * 1024;

function failed(error: number): CommandOutcome {
  return { failure: [error, 0] };
}

/** Refuses requests whose data has another length. */
function ofLength(lengthBytes: number, error: number, command: LoaderCommand): LoaderCommand {
  return (request) => (request.data.length === lengthBytes ? command(request) : failed(error));
}

/** The table of the stub. `close` ends an unfinished write. */
export function stubLoader(machine: LoaderMachine, link: SlipLink): CommandTable & { close(): void } {
  const { flash, space } = machine;
  let declaredFlashBytes = ASSUMED_FLASH_BYTES;
  const flashBytes = (): number => declaredFlashBytes;
  const writer = new FlashWriter(flash, flashBytes);
  const { unspecific, badDataLength } = STUB_ERROR;
  const commands: Record<number, LoaderCommand> = {
    [OP.sync]: ofLength(36, badDataLength, () => ({ answers: SYNC_ANSWERS })),
    [OP.readReg]: ofLength(4, badDataLength, (request) => ({ value: space.read(request.word(0)) })),
    [OP.writeReg]: (request) => writeRegisters(machine, request),
    ...ramCommands(machine),
    ...writeCommands(machine, writer),
    ...flashCommands(machine, link, flashBytes),
    [OP.spiSetParams]: ofLength(24, unspecific, (request) => {
      declaredFlashBytes = Math.min(request.word(1), ASSUMED_FLASH_BYTES);
      return {};
    }),
    [OP.spiAttach]: ofLength(4, unspecific, () => ({})),
    [OP.changeBaudRate]: ofLength(8, badDataLength, (request) => ({
      afterwards: () => link.uart.setBaudRate(request.word(0)),
    })),
    ...securityCommands(machine),
    [OP.runUserCode]: () => ({ answers: 0, exit: 'run-user-code' }),
  };
  return {
    statusBytes: 2,
    commands: new Map(Object.entries(commands).map(([op, command]) => [Number(op), command])),
    unknown: () => failed(STUB_ERROR.unknownCommand),
    close: () => writer.close(),
  };
}

function writeCommands({ flash }: LoaderMachine, writer: FlashWriter): Record<number, LoaderCommand> {
  const { badDataLength, badBlockSize, badChecksum, notInFlashMode } = STUB_ERROR;

  function begin(compressed: boolean): LoaderCommand {
    return (request) => {
      if (request.data.length !== 16 && request.data.length !== 20) return failed(badDataLength);
      if (request.word(2) > LARGEST_BLOCK_BYTES) return failed(badBlockSize);
      writer.begin(request.word(0), request.word(3), compressed);
      return {};
    };
  }

  function block(write: (bytes: Uint8Array) => Promise<void>): LoaderCommand {
    return (request) => {
      if (!writer.active) return failed(notInFlashMode);
      const { bytes, hasLength, hasChecksum } = readBlock(request);
      if (!hasChecksum) return failed(badChecksum);
      if (!hasLength) return failed(badDataLength);
      if (writer.lastError !== 0) return failed(writer.lastError);
      return { afterwards: () => write(bytes) };
    };
  }

  async function end(request: Request): Promise<CommandOutcome> {
    const error = writer.end();
    await flash.ready();
    if (error !== 0) return failed(error);
    return request.word(0) === 0 ? { exit: 'restart' } : {};
  }

  return {
    [OP.flashBegin]: begin(false),
    [OP.flashData]: block((bytes) => writer.writePlain(bytes)),
    [OP.flashEnd]: end,
    [OP.flashDeflBegin]: begin(true),
    [OP.flashDeflData]: block((bytes) => writer.writeCompressed(bytes)),
    [OP.flashDeflEnd]: end,
  };
}

/** Digests, reads and erases, within the flash that was declared. */
function flashCommands(
  machine: LoaderMachine,
  link: SlipLink,
  flashBytes: () => number,
): Record<number, LoaderCommand> {
  const { flash } = machine;
  const { unspecific, badDataLength } = STUB_ERROR;
  const isBeyondFlash = (request: Request): boolean => request.word(0) + request.word(1) > flashBytes();
  return {
    [OP.spiFlashMd5]: ofLength(16, unspecific, async (request) => {
      if (isBeyondFlash(request)) return failed(unspecific);
      return { data: await flash.md5(request.word(0), request.word(1)) };
    }),
    [OP.eraseFlash]: ofLength(0, unspecific, async () => {
      await flash.eraseChip();
      await flash.ready();
      return {};
    }),
    [OP.eraseRegion]: ofLength(8, unspecific, (request) =>
      isBeyondFlash(request) ? failed(unspecific) : eraseRegion(machine, request),
    ),
    [OP.readFlash]: ofLength(16, badDataLength, (request) => {
      const read = {
        address: request.word(0),
        lengthBytes: request.word(1),
        limitBytes: flashBytes(),
        blockBytes: request.word(2),
        inFlightBytes: request.word(3),
      };
      return { afterwards: () => sendFlash(link, flash, read) };
    }),
  };
}

function ramCommands({ ram }: LoaderMachine): Record<number, LoaderCommand> {
  const { unspecific, notInFlashMode, tooMuchData } = STUB_ERROR;
  return {
    [OP.memBegin]: ofLength(16, unspecific, (request) => {
      ram.begin(request.word(0), request.word(3));
      return {};
    }),
    [OP.memData]: (request) => {
      const result = ram.write(readBlock(request).bytes);
      if (result === 'not-begun') return failed(notInFlashMode);
      return result === 'too-much' ? failed(tooMuchData) : {};
    },
    [OP.memEnd]: ofLength(8, unspecific, (request) => {
      if (!ram.end()) return failed(unspecific);
      const entry = request.word(1);
      if (entry === 0) return {};
      return { exit: ram.holdsProgramAt(entry) ? 'start-stub' : 'crash' };
    }),
  };
}

/** Several writes may come in one command; delays between them are too short to matter here. */
function writeRegisters({ space }: LoaderMachine, request: Request): CommandOutcome {
  if (request.data.length % REGISTER_WRITE_BYTES !== 0) return failed(STUB_ERROR.badDataLength);
  for (let index = 0; index < request.data.length / 4; index += 4) {
    space.writeMasked(request.word(index), request.word(index + 1), request.word(index + 2));
  }
  return {};
}

async function eraseRegion({ flash }: LoaderMachine, request: Request): Promise<CommandOutcome> {
  const [address, lengthBytes] = [request.word(0), request.word(1)];
  if (address % SECTOR_BYTES !== 0 || lengthBytes % SECTOR_BYTES !== 0) return failed(STUB_ERROR.unspecific);
  const end = address + lengthBytes;
  for (let next = address; next < end; ) {
    if (next % ERASE_BLOCK_BYTES === 0 && end - next > ERASE_BLOCK_BYTES) {
      await flash.eraseBlock(next);
      next += ERASE_BLOCK_BYTES;
    } else {
      await flash.eraseSector(next);
      next += SECTOR_BYTES;
    }
  }
  await flash.ready();
  return {};
}
