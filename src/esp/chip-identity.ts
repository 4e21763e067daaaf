// Which chip a loader runs on, of which revision, and whether its eFuses lock it. Reads only.

import { PortalError } from '../errors.js';
import {
  CHIP_FAMILIES,
  type ChipFamily,
  type FamilyFacts,
  familyNamed,
  familyOfImage,
  type RegisterField,
  revisionText,
  type SecuritySource,
} from './families.js';
import { type ESPLoader, type ROM, UnexpectedChipMagicError } from './packet-transport.js';

/** What keeps plain firmware from being written, or from starting. */
type ChipLock = 'flash encryption' | 'secure boot' | 'secure download mode';

export interface ChipIdentity {
  /** As images are named for it. */
  readonly family: string;
  /** In hundredths: 301 is v3.1; an ESP8266 does not report it. */
  readonly revision: number | undefined;
  readonly locks: readonly ChipLock[];
}

/** Flags in the answer to GET_SECURITY_INFO. */
const SECURE_BOOT = 1 << 0;
const SECURE_DOWNLOAD = 1 << 2;
/** Flags, the encryption counter, key purposes; an ESP32-S2's answer ends here. */
const SECURITY_INFO_BYTES = 12;
/** The others add chip id and version. */
const SECURITY_INFO_WITH_CHIP_BYTES = 20;

/** Members of esptool-js's targets that their type does not declare. */
interface ChipVersionReaders {
  getMajorChipVersion?(esp: ESPLoader): Promise<number>;
  getMinorChipVersion?(esp: ESPLoader): Promise<number>;
}

/**
 * Identifies the chip by its magic value. GET_SECURITY_INFO, which esptool-js sends first, makes old ROMs stop answering;
 * it is sent only to chips without a magic value.
 */
export async function detectChip(esp: ESPLoader): Promise<void> {
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
  // biome-ignore lint/complexity/useLiteralKeys: private; also sets the loader's byte order of SPI addresses
  esp['applyDetectedChip'](chip);
}

/**
 * Reads revision and locks of the chip that detectChip found. Nothing may be written before: one plain write can make
 * an encrypted board useless.
 * @throws Error as esptool-js does, also when a chip that can report its locks does not
 */
export async function readIdentity(esp: ESPLoader): Promise<ChipIdentity> {
  const name = esp.chip.CHIP_NAME;
  const source = factsOf(name)?.security ?? { kind: 'command' };
  if (source.kind === 'command') {
    const [, answer] = await esp.command(esp.ESP_GET_SECURITY_INFO);
    const { locks, family } = parseSecurityInfo(answer);
    // In this mode the chip reads no registers: neither its magic value nor its revision.
    if (locks.includes('secure download mode')) return { family: family ?? name, revision: undefined, locks };
    return { family: name, revision: await readRevision(esp), locks };
  }
  const revision = await readRevision(esp);
  const locks = source.kind === 'efuses' ? await readEfuseLocks(esp, source, revision ?? 0) : [];
  return { family: name, revision, locks };
}

async function readRevision(esp: ESPLoader): Promise<number | undefined> {
  const chip: ROM & ChipVersionReaders = esp.chip;
  const fields = factsOf(chip.CHIP_NAME)?.revision;
  const readMajor = chip.getMajorChipVersion ?? chip.getChipRevision;
  if (!readMajor) return undefined;
  const major = fields?.major ? await readField(esp, fields.major) : await readMajor.call(chip, esp);
  const minor = fields ? await readField(esp, fields.minor) : await chip.getMinorChipVersion?.(esp);
  return 100 * major + (minor ?? 0);
}

/**
 * The chip's name, as on its package where esptool-js knows it: it calls others "unknown", reads the package of an
 * ESP32-C6 wrongly, and gives some chips a revision of one number.
 * @param revision in hundredths
 */
export async function describeChip(esp: ESPLoader, revision: number | undefined): Promise<string> {
  const description = await esp.chip.getChipDescription(esp);
  const name = description.replace(/^unknown /i, '').replace(/ \(revision [^)]*\)$/, '');
  return revision === undefined ? name : `${name} (revision ${revisionText(revision)})`;
}

/** Whether the chip's package has PSRAM on eight data lines, which needs a special build. */
export async function hasOctalPsram(esp: ESPLoader): Promise<boolean> {
  const psram = factsOf(esp.chip.CHIP_NAME)?.packagePsram;
  if (!psram) return false;
  const low = await readField(esp, psram.low);
  const high = await readField(esp, psram.high);
  return psram.octal.includes((high << psram.low.bits) | low);
}

async function readEfuseLocks(
  esp: ESPLoader,
  source: Extract<SecuritySource, { kind: 'efuses' }>,
  revision: number,
): Promise<ChipLock[]> {
  const locks: ChipLock[] = [];
  if (isOdd(await readField(esp, source.flashCryptCount))) locks.push('flash encryption');
  const isSigned =
    (await readField(esp, source.secureBootV1)) !== 0 ||
    (revision >= source.secureBootV2.sinceRevision && (await readField(esp, source.secureBootV2)) !== 0);
  if (isSigned) locks.push('secure boot');
  return locks;
}

/** @param answer what follows the header of the answer: the information, then the status */
export function parseSecurityInfo(
  answer: Uint8Array,
): Pick<ChipIdentity, 'locks'> & { family?: ChipFamily | undefined } {
  if (answer.length < SECURITY_INFO_BYTES + 2) throw new Error('the chip does not report its security state');
  const flags = answer[0] ?? 0;
  const locks: ChipLock[] = [];
  if (isOdd(answer[4] ?? 0)) locks.push('flash encryption');
  if (flags & SECURE_BOOT) locks.push('secure boot');
  if (flags & SECURE_DOWNLOAD) locks.push('secure download mode');
  const hasChipId = answer.length >= SECURITY_INFO_WITH_CHIP_BYTES + 2;
  return { locks, family: hasChipId ? familyOfImage(answer[SECURITY_INFO_BYTES] ?? 0) : 'ESP32-S2' };
}

function factsOf(name: string): FamilyFacts | undefined {
  const family = familyNamed(name);
  return family && CHIP_FAMILIES[family];
}

async function readField(esp: ESPLoader, { address, shift, bits }: RegisterField): Promise<number> {
  return ((await esp.readReg(address)) >>> shift) & ((1 << bits) - 1);
}

/** Whether an odd number of bits is set: each burned bit of such a counter switches the feature over. */
function isOdd(value: number): boolean {
  return value.toString(2).replaceAll('0', '').length % 2 === 1;
}

/** What data lines read as that no flash chip drives. */
const IDS_WITHOUT_FLASH: readonly number[] = [0, 0xffffff];

/**
 * @returns in bytes; 0 for a flash chip with an unknown size code
 * @throws PortalError `flash-missing`
 */
export async function readFlashSize(esp: ESPLoader): Promise<number> {
  const id = await esp.readFlashId();
  if (IDS_WITHOUT_FLASH.includes(id)) {
    const hex = id.toString(16).padStart(6, '0');
    throw new PortalError('flash-missing', `The flash chip does not answer: its id reads 0x${hex}.`);
  }
  const size = esp.DETECTED_FLASH_SIZES[(id >> 16) & 0xff];
  return size === undefined ? 0 : esp.flashSizeBytes(size as '4MB');
}
