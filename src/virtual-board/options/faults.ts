// What can be wrong with a board, its cable or its adapter, for trying how the tool takes it.

import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import type { FlashFault } from '../flash/nor-flash.js';
import type { FuseLock } from '../rom/chips/chip-definition.js';

export interface BoardFaults {
  /** `none`: the control lines lead nowhere. `en`: RTS is wired to EN, DTR to nothing. */
  readonly lines: 'both' | 'en' | 'none';
  /** State at power-on: the BOOT button may be held, or an earlier flasher's stub may run. */
  readonly starts: 'flash' | 'download' | 'stub';
  /** `weak`: it fails whenever the firmware starts, as when the radio draws current; `failing`: at every start. */
  readonly supply: 'good' | 'weak' | 'failing';
  /** The adapter takes any rate and goes no faster than this. */
  readonly adapterBaudRate: number;
  /** Modes in which the flash can be read: without `qio` two of its data lines are not wired. */
  readonly flashModes: 'qio' | 'dio' | 'dout';
  /** A number: the cells at this address are worn out. */
  readonly flashFault: FlashFault | number | undefined;
  /** Locks in its eFuses. */
  readonly locks: readonly FuseLock[];
  /** Of its chip, in hundredths, where it is not the usual one. */
  readonly revision: number | undefined;
}

export const NO_FAULTS: BoardFaults = {
  lines: 'both',
  starts: 'flash',
  supply: 'good',
  adapterBaudRate: Number.POSITIVE_INFINITY,
  flashModes: 'qio',
  flashFault: undefined,
  locks: [],
  revision: undefined,
};

const FLASH_FAULTS: readonly FlashFault[] = ['protected', 'missing', 'unknown-size'];
const LOCKS: readonly FuseLock[] = ['flash-encryption', 'secure-boot', 'secure-download'];

/** Baud rate of the stub that an earlier flasher left. */
export const LEFT_STUB_BAUD_RATE = 460800;

type Parser = (value: string) => Partial<BoardFaults> | undefined;

function choice<K extends 'lines' | 'starts' | 'supply' | 'flashModes'>(
  key: K,
  values: readonly BoardFaults[K][],
): Parser {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    return found === undefined ? undefined : { [key]: found };
  };
}

/** Options of a board's address; each gives `undefined` for an invalid value. */
const OPTIONS: Readonly<Record<string, { takes: string; parse: Parser }>> = {
  lines: { takes: 'both, en or none', parse: choice('lines', ['both', 'en', 'none']) },
  starts: { takes: 'flash, download or stub', parse: choice('starts', ['flash', 'download', 'stub']) },
  supply: { takes: 'good, weak or failing', parse: choice('supply', ['good', 'weak', 'failing']) },
  'flash-modes': { takes: 'qio, dio or dout', parse: choice('flashModes', ['qio', 'dio', 'dout']) },
  adapter: {
    takes: 'a baud rate',
    parse: (value) => {
      const rate = parseWhole(value);
      return rate ? { adapterBaudRate: rate } : undefined;
    },
  },
  'flash-fault': {
    takes: `${FLASH_FAULTS.join(', ')}, or an address such as 0x42000`,
    parse: (value) => {
      const known = FLASH_FAULTS.find((fault) => fault === value);
      if (known) return { flashFault: known };
      return /^0x[\da-f]{1,7}$/i.test(value) ? { flashFault: Number(value) } : undefined;
    },
  },
  fuses: { takes: `${LOCKS.join(', ')}, or several of them`, parse: parseLocks },
  revision: { takes: 'a chip revision such as v3.1', parse: parseRevision },
};

function parseLocks(value: string): Partial<BoardFaults> | undefined {
  const locks = value.split(',').map((name) => LOCKS.find((lock) => lock === name));
  return locks.includes(undefined) ? undefined : { locks: locks.filter((lock) => lock !== undefined) };
}

function parseRevision(value: string): Partial<BoardFaults> | undefined {
  const [, major, minor] = /^v?(\d)\.(\d\d?)$/.exec(value) ?? [];
  return major === undefined ? undefined : { revision: 100 * Number(major) + Number(minor) };
}

export const FAULT_OPTIONS: readonly string[] = Object.keys(OPTIONS);

/**
 * @returns the fault of an option, or `undefined` for other options
 * @throws PortalError `usage`
 */
export function parseFault(option: string, value: string): Partial<BoardFaults> | undefined {
  const known = Object.hasOwn(OPTIONS, option) ? OPTIONS[option] : undefined;
  if (!known) return undefined;
  const fault = known.parse(value);
  if (fault) return fault;
  throw new PortalError('usage', `${option}=${value}: the value must be ${known.takes}.`);
}
