// Error bytes of the flasher stub; they come first in its status, where the ROM has its 0 or 1.

export const STUB_ERROR = {
  /** Error of most commands for a wrong length or a failed operation. */
  unspecific: 0x01,
  badDataLength: 0xc0,
  badChecksum: 0xc1,
  badBlockSize: 0xc2,
  failedSpiOp: 0xc4,
  notInFlashMode: 0xc6,
  inflateError: 0xc7,
  notEnoughData: 0xc8,
  tooMuchData: 0xc9,
  unknownCommand: 0xff,
} as const;
