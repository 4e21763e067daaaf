// Reads `virtual:[name][?option=value&…]`, the address of a board in software.

import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import { SECOND_CHIPS, type SecondChip } from '../chips/builds.js';
import { CHIPS, type ChipName, usualFlashBytes } from '../chips/chips.js';
import { isFlashSize } from '../flash/nor-flash.js';
import {
  installedRuntimes,
  OWN_RUNTIME,
  RUNTIME_RELEASES,
  RUNTIMES,
  type RuntimeRelease,
  releaseOf,
} from '../interpreter/runtime/runtimes.js';
import type { UnknownCommandReaction } from '../rom/chips/chip-definition.js';
import { SPEEDS, type Speed } from '../speed.js';
import { USB_PORT_KINDS, type UsbPortKind } from '../usb/usb-facts.js';
import { type BoardFaults, FAULT_OPTIONS, NO_FAULTS, parseFault } from './faults.js';
import { PRESET_NAMES, type PresetName } from './presets.js';

/** Hardware of a virtual board; see docs/virtual-board.md. */
export interface VirtualBoardOptions {
  /** Name of its state folder; letters, digits, `-` and `_`. */
  readonly name: string;
  readonly chip: ChipName;
  /** By which of the chip's own USB ports it is attached; `undefined`: behind a USB-UART bridge. */
  readonly usb: UsbPortKind | undefined;
  /** How long that port stands still after each 32 KB, in milliseconds. */
  readonly stallMs: number;
  readonly flashSizeBytes: number;
  /** `real`: UART and flash take as long as on a chip. `max`: as fast as this computer can. `slow`: see Speed. */
  readonly speed: Speed;
  /** Reaction of the ROM loader to GET_SECURITY_INFO and other unknown commands. */
  readonly security: UnknownCommandReaction;
  /** State that a new board begins with. */
  readonly preset: PresetName | undefined;
  /** Host ports tried first for the board's TCP 80 and UDP 53; 0 = any free one. */
  readonly httpPort: number;
  readonly dnsPort: number;
  /** JSON file with the networks in the air; without it a few ready-made ones. */
  readonly airFile: string | undefined;
  /** Release of the firmware that comes with the board, which `flash` writes when it is given none. */
  readonly micropython: RuntimeRelease;
  /** Space for files on the board, in bytes. */
  readonly filesystemBytes: number | undefined;
  /** The power fails at this change of the board's files: a write, a name, a removal (for trying errors). */
  readonly powerCutAtChange: number | undefined;
  /** The cable is pulled once the host has written this many bytes (for trying errors). */
  readonly unplugAfterBytes: number | undefined;
  /** It gives an ESP32-P4 its WiFi. */
  readonly secondChip: SecondChip | undefined;
  readonly faults: BoardFaults;
}

const DEFAULTS: VirtualBoardOptions = {
  name: 'board',
  chip: 'esp8266',
  usb: undefined,
  stallMs: 0,
  flashSizeBytes: usualFlashBytes('esp8266'),
  speed: 'real',
  security: 'error',
  preset: undefined,
  httpPort: 8080,
  dnsPort: 5353,
  airFile: undefined,
  micropython: '1.27',
  filesystemBytes: undefined,
  powerCutAtChange: undefined,
  unplugAfterBytes: undefined,
  secondChip: undefined,
  faults: NO_FAULTS,
};

const LONGEST_STALL_MS = 10_000;

const CHIP_NAMES = Object.keys(CHIPS) as ChipName[];

type Parser = (value: string, option: string) => Partial<VirtualBoardOptions>;

/** What each option of an address sets. */
const OPTIONS: Readonly<Record<string, Parser>> = {
  chip: (value, option) => ({ chip: oneOf(option, value, CHIP_NAMES) }),
  usb: (value, option) => ({ usb: oneOf(option, value, USB_PORT_KINDS) }),
  wifi: (value, option) => ({ secondChip: oneOf(option, value, SECOND_CHIPS) }),
  stall: (value, option) => ({ stallMs: milliseconds(option, value) }),
  flash: (value, option) => ({ flashSizeBytes: flashSize(option, value) }),
  speed: (value, option) => ({ speed: oneOf(option, value, SPEEDS) }),
  micropython: (value, option) => ({ micropython: installedRelease(option, value) }),
  http: (value, option) => ({ httpPort: hostPort(option, value) }),
  dns: (value, option) => ({ dnsPort: hostPort(option, value) }),
  air: (value) => ({ airFile: value }),
  files: (value, option) => ({ filesystemBytes: size(option, value) }),
  powercut: (value, option) => ({ powerCutAtChange: size(option, value) }),
  unplug: (value, option) => ({ unplugAfterBytes: size(option, value) }),
  security: (value, option) => ({ security: oneOf(option, value, ['error', 'reset', 'silence']) }),
  preset: (value, option) => ({ preset: oneOf(option, value, PRESET_NAMES) }),
};

/**
 * @param address `virtual:` with an optional name and options, e.g. `virtual:desk?flash=1MB&speed=max`
 * @throws PortalError `usage` for an unknown option or a value out of its range
 */
export function parseVirtualAddress(address: string): VirtualBoardOptions {
  const [, name = '', query = ''] = /^virtual:([^?]*)\??(.*)$/s.exec(address) ?? [];
  if (!/^[\w-]*$/.test(name)) {
    throw new PortalError(
      'usage',
      `The name of a virtual board has letters, digits, - and _ only, not "${name}".`,
    );
  }
  let given: Partial<VirtualBoardOptions> = {};
  let faults = NO_FAULTS;
  const parameters = new URLSearchParams(query);
  for (const [option, value] of parameters) {
    if (parameters.getAll(option).length > 1) {
      throw new PortalError('usage', `The option ${option} of the virtual board is given twice.`);
    }
    const fault = parseFault(option, value);
    if (fault) faults = { ...faults, ...fault };
    else given = { ...given, ...parserOf(option)(value, option) };
  }
  const chip = given.chip ?? (given.preset === 'esp8285' ? 'esp8285' : DEFAULTS.chip);
  if (given.usb) checkUsb(chip, given.usb);
  else if (given.stallMs) throw new PortalError('usage', 'stall: only native USB stalls; add usb=….');
  checkFuses(chip, faults);
  checkSecondChip(chip, given.secondChip);
  const flashSizeBytes = usualFlashBytes(chip);
  return { ...DEFAULTS, flashSizeBytes, ...given, faults, chip, name: name || DEFAULTS.name };
}

function parserOf(option: string): Parser {
  const parser = Object.hasOwn(OPTIONS, option) ? OPTIONS[option] : undefined;
  if (parser) return parser;
  const names = [...Object.keys(OPTIONS), ...FAULT_OPTIONS];
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  throw new PortalError('usage', `A virtual board has no option "${option}"; it has ${list}.`);
}

function checkUsb(chip: ChipName, usb: UsbPortKind): void {
  const kinds: readonly UsbPortKind[] = CHIPS[chip].loader.usb?.kinds ?? [];
  if (kinds.includes(usb)) return;
  const has = kinds.length > 0 ? `it has ${kinds.join(' and ')}` : 'it has no native USB';
  throw new PortalError('usage', `usb=${usb}: an ${chip} cannot have that; ${has}.`);
}

function checkSecondChip(chip: ChipName, secondChip: SecondChip | undefined): void {
  if (!secondChip || chip === 'esp32p4') return;
  throw new PortalError('usage', `wifi=${secondChip}: only an esp32p4 gets its WiFi from a second chip.`);
}

/** A chip reports what its eFuses have room for. */
function checkFuses(chip: ChipName, { revision, locks }: BoardFaults): void {
  const { largestRevision: largest, fuseLocks = [] } = CHIPS[chip].loader;
  if (revision !== undefined && !largest) {
    throw new PortalError('usage', `revision: an ${chip} does not report its revision.`);
  }
  const [major, minor] = [Math.floor((revision ?? 0) / 100), (revision ?? 0) % 100];
  if (largest && (major > largest.major || minor > largest.minor)) {
    throw new PortalError(
      'usage',
      `revision=v${major}.${minor}: the eFuses of an ${chip} hold a major number to ${largest.major} and a minor one to ${largest.minor}.`,
    );
  }
  const unknown = locks.find((lock) => !fuseLocks.includes(lock));
  if (unknown === undefined) return;
  const has = fuseLocks.length > 0 ? `only ${fuseLocks.join(' and ')}` : 'no such eFuses';
  throw new PortalError('usage', `fuses=${unknown}: an ${chip} has ${has}.`);
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found === undefined) {
    throw new PortalError('usage', `${option}=${value}: the value must be ${allowed.join(' or ')}.`);
  }
  return found;
}

function installedRelease(option: string, value: string): RuntimeRelease {
  const release = oneOf(option, value, RUNTIME_RELEASES);
  const installed = installedRuntimes().map(({ runtime }) => releaseOf(runtime));
  if (installed.includes(release)) return release;
  const { packageName, npmVersion } =
    RUNTIMES.find((runtime) => releaseOf(runtime) === release) ?? OWN_RUNTIME;
  throw new PortalError(
    'usage',
    `${option}=${value}: that interpreter is not installed, only ${installed.join(' and ')}. Install it: npm install ${packageName}@npm:${OWN_RUNTIME.packageName}@${npmVersion}`,
  );
}

function size(option: string, value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,9})(?:(K|M)B?)?$/i.exec(value) ?? [];
  const number = parseWhole(digits);
  if (number === undefined)
    throw new PortalError('usage', `${option}=${value}: give a size in bytes, such as 8192, 512K or 4M.`);
  return number * ({ K: 1024, M: 1024 * 1024 }[unit.toUpperCase()] ?? 1);
}

function flashSize(option: string, value: string): number {
  const sizeBytes = size(option, value);
  if (!isFlashSize(sizeBytes)) {
    throw new PortalError('usage', `${option}=${value}: a flash has 512K, 1M, 2M, 4M, 8M or 16M.`);
  }
  return sizeBytes;
}

function hostPort(option: string, value: string): number {
  const port = parseWhole(value);
  if (port === undefined || port > 65535) {
    throw new PortalError('usage', `${option}=${value}: give a port number from 0 (any free one) to 65535.`);
  }
  return port;
}

function milliseconds(option: string, value: string): number {
  const duration = parseWhole(value);
  if (duration === undefined || duration > LONGEST_STALL_MS) {
    throw new PortalError('usage', `${option}=${value}: give milliseconds from 0 to ${LONGEST_STALL_MS}.`);
  }
  return duration;
}
