// Requests and answers of Espressif's serial protocol, inside their SLIP frames. Pure bytes.
// https://docs.espressif.com/projects/esptool/en/latest/esp8266/advanced-topics/serial-protocol.html

import { xorChecksum } from '../../chips/checksum.js';

const HEADER_BYTES = 8;
const DIRECTION_ANSWER = 1;
/** Of data commands: length, number and eight bytes that are not used. */
const BLOCK_HEADER_BYTES = 16;

/** Command numbers. */
export const OP = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeReg: 0x09,
  readReg: 0x0a,
  spiSetParams: 0x0b,
  spiAttach: 0x0d,
  readFlashSlow: 0x0e,
  changeBaudRate: 0x0f,
  flashDeflBegin: 0x10,
  flashDeflData: 0x11,
  flashDeflEnd: 0x12,
  spiFlashMd5: 0x13,
  getSecurityInfo: 0x14,
  eraseFlash: 0xd0,
  eraseRegion: 0xd1,
  readFlash: 0xd2,
  runUserCode: 0xd3,
} as const;

export interface Request {
  readonly op: number;
  /** Meant for the blocks of data commands; other commands send 0. */
  readonly checksum: number;
  readonly data: Uint8Array;
  /** The data's 32-bit words. A word that is not there is 0. */
  word(index: number): number;
}

export interface Answer {
  readonly op: number;
  readonly value: number;
  readonly data: Uint8Array;
  /** Non-zero = failed. */
  readonly status: number;
  readonly error: number;
  readonly statusBytes: 2 | 4;
}

/** @returns the request in a frame, or undefined when the frame is none */
export function parseRequest(frame: Uint8Array): Request | undefined {
  if (frame.length < HEADER_BYTES || frame[0] !== 0) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const data = frame.subarray(HEADER_BYTES);
  if (view.getUint16(2, true) !== data.length) return undefined;
  return {
    op: view.getUint8(1),
    checksum: view.getUint32(4, true),
    data,
    word: (index) => (data.length >= index * 4 + 4 ? view.getUint32(HEADER_BYTES + index * 4, true) : 0),
  };
}

/** A block of a data command, and what its header says of it. */
export interface DataBlock {
  readonly bytes: Uint8Array;
  readonly hasLength: boolean;
  readonly hasChecksum: boolean;
}

/** @param checksumMask the part of the checksum that the loader compares */
export function readBlock(request: Request, checksumMask = 0xffffffff): DataBlock {
  const bytes = request.data.subarray(BLOCK_HEADER_BYTES);
  return {
    bytes,
    hasLength: request.word(0) === bytes.length,
    hasChecksum: xorChecksum(bytes) === (request.checksum & checksumMask) >>> 0,
  };
}

/** @returns the block as ROMs take it, which compare eight bits of the checksum; undefined when it is damaged */
export function readRomBlock(request: Request): Uint8Array | undefined {
  const { bytes, hasLength, hasChecksum } = readBlock(request, 0xff);
  return hasLength && hasChecksum ? bytes : undefined;
}

/** @returns the answer as it goes into a frame */
export function buildAnswer(answer: Answer): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + answer.data.length + answer.statusBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, DIRECTION_ANSWER);
  view.setUint8(1, answer.op);
  view.setUint16(2, answer.data.length + answer.statusBytes, true);
  view.setUint32(4, answer.value, true);
  bytes.set(answer.data, HEADER_BYTES);
  bytes[HEADER_BYTES + answer.data.length] = answer.status;
  bytes[HEADER_BYTES + answer.data.length + 1] = answer.error;
  return bytes;
}
