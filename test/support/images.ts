// Firmware images built as MicroPython's own build does (ports/esp8266/makeimg.py, ESP-IDF's image format), for
// tests of what checks them.

import { createHash } from 'node:crypto';
import { seededBytes } from './random.js';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

/** Header, one segment, checksum at the end of a 16-byte line. */
function withSegment(header: Buffer, address: number, data: Buffer): Buffer {
  const segment = Buffer.alloc(8);
  segment.writeUInt32LE(address, 0);
  segment.writeUInt32LE(data.length, 4);
  const body = Buffer.concat([header, segment, data]);
  const padded = Buffer.concat([body, Buffer.alloc(16 - (body.length % 16))]);
  padded[padded.length - 1] = data.reduce((sum, byte) => sum ^ byte, 0xef);
  return padded;
}

/** An ESP8266 image with one segment and `codeBytes` of code in flash. */
export function esp8266Image(codeBytes = 5000, version = '1.27.0', code?: Uint8Array): Buffer {
  const header = Buffer.from([0xe9, 1, 0, 0x40, 0x04, 0xf0, 0x10, 0x40]); // 1 segment, qio, 4 MB 40 MHz, entry point
  const below = Buffer.alloc(0x9000, 0xff);
  below.set(withSegment(header, 0x40100000, Buffer.alloc(0x100, 0x11)));
  const text = Buffer.alloc(codeBytes, 0x5a);
  if (code) text.set(code.subarray(0, codeBytes));
  text.write(`MicroPython v${version} on 2025-12-09\0`, 100, 'latin1');
  below.writeUInt32LE(0x9000 + codeBytes, 0x8ffc);
  const body = Buffer.concat([below, text]);
  return Buffer.concat([body, createHash('md5').update(body.subarray(4)).digest()]);
}

/** As large as a release and, as one, compressed to about two thirds: runs of random bytes and of repeated ones. */
export function esp8266ReleaseImage(sizeBytes = 620_000, version = '1.27.0', seed = 1): Buffer {
  const code = seededBytes(seed, sizeBytes - 0x9000 - 16);
  for (let at = 0; at < code.length; at += 96) code.fill(0x21, at, at + 32);
  return esp8266Image(code.length, version, code);
}

/** What Arduino's tools make: a second bootloader, and a program behind it. */
export function arduinoImage(): Buffer {
  const eboot = withSegment(
    Buffer.from([0xe9, 1, 2, 0x40, 0, 0xf0, 0x10, 0x40]),
    0x4010f000,
    Buffer.alloc(0xd00, 1),
  );
  return Buffer.concat([
    eboot,
    Buffer.alloc(0x1000 - eboot.length, 0xff),
    Buffer.from(seededBytes(3, 0x9000)),
  ]);
}

/** Number in the image's header, address in flash. */
const ESP32_CHIPS = {
  ESP32: [0, 0x1000],
  'ESP32-S2': [2, 0x1000],
  'ESP32-S3': [9, 0],
  'ESP32-C2': [12, 0],
  'ESP32-C3': [5, 0],
  'ESP32-C5': [23, 0x2000],
  'ESP32-C6': [13, 0],
  'ESP32-C61': [20, 0],
  'ESP32-H2': [16, 0],
  'ESP32-P4': [18, 0x2000],
} as const;

export type Esp32Chip = keyof typeof ESP32_CHIPS;

interface PartOptions {
  chipId?: number;
  /** In hundredths; 0 and 0: not told, as in images from before ESP-IDF 4.4. */
  revisions?: readonly [min: number, max: number];
  /** Whether a SHA-256 follows. */
  hasHash?: boolean;
}

/** One image of the ESP32 family: a bootloader, or an application. */
export function esp32Part(address: number, data: Buffer, options: PartOptions = {}): Buffer {
  const { chipId = 0, revisions: [min, max] = [0, 0], hasHash = true } = options;
  const header = Buffer.alloc(24);
  header.set([0xe9, 1, 2, 0x20, 0, 0, 8, 0x40, 0xee]); // dio, 4 MB 40 MHz, entry point, no write-protect pin
  header[12] = chipId;
  header.writeUInt16LE(min, 15);
  header.writeUInt16LE(max, 17);
  header[23] = hasHash ? 1 : 0;
  const image = withSegment(header, address, data);
  return hasHash ? Buffer.concat([image, sha256(image)]) : image;
}

export function esp32Bootloader(options: PartOptions = {}): Buffer {
  return esp32Part(0x40078000, Buffer.alloc(300, 0x22), options);
}

interface ApplicationOptions extends PartOptions {
  version?: string;
  /** As ESP-IDF's build notes it. */
  project?: string;
  /** `sys.implementation._build`; none by default, as before 1.25. */
  build?: string;
}

/** The application of an ESP32 image alone. */
export function esp32Application(options: ApplicationOptions = {}): Buffer {
  const { version = '1.24.0', project = 'micropython', build } = options;
  const data = Buffer.alloc(500);
  data.writeUInt32LE(0xabcd5432, 0); // esp_app_desc_t
  data.write(project, 48, 'latin1');
  if (build !== undefined) data.write(`\0${build}\0`, 400, 'latin1');
  data.write(
    project === 'micropython' ? `v${version} on 2024-10-25\0` : 'Hello from Arduino\0',
    300,
    'latin1',
  );
  return esp32Part(0x3f400020, data, options);
}

export type PartitionRow = readonly [
  type: number,
  subtype: number,
  address: number,
  sizeBytes: number,
  label: string,
];

/** MicroPython's for 4 MB, up to 1.25. */
export const PARTITIONS_WITH_FILES: readonly PartitionRow[] = [
  [1, 2, 0x9000, 0x6000, 'nvs'],
  [1, 1, 0xf000, 0x1000, 'phy_init'],
  [0, 0, 0x10000, 0x1f0000, 'factory'],
  [1, 0x81, 0x200000, 0x200000, 'vfs'],
];
/** The same since 1.26. */
export const PARTITIONS_WITHOUT_FILES = PARTITIONS_WITH_FILES.slice(0, 3);

/** As gen_esp32part.py writes it, with the MD5 that closes it unless it is from before ESP-IDF 3.1. */
export function partitionTable(rows: readonly PartitionRow[], hasDigest = true): Buffer {
  const entries = rows.map(([type, subtype, address, sizeBytes, label]) => {
    const entry = Buffer.alloc(32);
    entry.set([0xaa, 0x50, type, subtype]);
    entry.writeUInt32LE(address, 4);
    entry.writeUInt32LE(sizeBytes, 8);
    entry.write(label, 12);
    return entry;
  });
  const digest = Buffer.alloc(32, 0xff);
  digest.set([0xeb, 0xeb]);
  digest.set(createHash('md5').update(Buffer.concat(entries)).digest(), 16);
  const table = Buffer.alloc(0xc00, 0xff);
  table.set(Buffer.concat(hasDigest ? [...entries, digest] : entries));
  return table;
}

interface ImageOptions extends Omit<ApplicationOptions, 'chipId'> {
  rows?: readonly PartitionRow[];
  hasDigest?: boolean;
}

/** An image of the ESP32 family: bootloader, partition table, application. */
export function esp32Image(chip: Esp32Chip = 'ESP32', options: ImageOptions = {}): Buffer {
  const [chipId, offset] = ESP32_CHIPS[chip];
  const { rows = PARTITIONS_WITH_FILES, hasDigest = true, ...part } = options;
  const front = Buffer.alloc(0x10000 - offset, 0xff);
  front.set(esp32Bootloader({ ...part, chipId }));
  front.set(partitionTable(rows, hasDigest), 0x8000 - offset);
  return Buffer.concat([front, esp32Application({ ...part, chipId })]);
}
