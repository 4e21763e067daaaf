// Identifies the program in an image by its texts.

import { PortalError } from '../../errors.js';

export interface ProgramTexts {
  readonly isMicroPython: boolean;
  readonly version: string | undefined;
}

/**
 * A version as git describes it: a release, a preview, a build between releases or from a changed tree, a name of the
 * builder's own; and the date of the build. The banner and `os.uname()` are made of it.
 */
const VERSION = /v(\d+\.\d+(?:\.\d+)?(?:[-.+][\w.+-]{0,60})?) on \d{4}-\d\d-\d\d/;
const AFTER_NAME = new RegExp(`MicroPython ${VERSION.source}`);

/** Every build contains its own `micropython` module. */
const MICROPYTHON = /micropython/i;
const CIRCUITPYTHON = /Adafruit CircuitPython/;

/** Longer than any of these texts. */
const LONGEST_TEXT = 120;
const PIECE_BYTES = 0x10000;

export function identifyProgram(bytes: Uint8Array): ProgramTexts {
  if (search(bytes, CIRCUITPYTHON)) return { isMicroPython: false, version: undefined };
  const version = (search(bytes, AFTER_NAME) ?? search(bytes, VERSION))?.[1];
  return { isMicroPython: version !== undefined || search(bytes, MICROPYTHON) !== null, version };
}

/** In pieces: a string of the whole image would take as much memory again. */
function search(bytes: Uint8Array, text: RegExp): RegExpExecArray | null {
  const image = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < image.length; at += PIECE_BYTES) {
    const found = text.exec(image.toString('latin1', at, at + PIECE_BYTES + LONGEST_TEXT));
    if (found) return found;
  }
  return null;
}

/** @returns the error for a program that is complete as far as it can be checked, but not MicroPython */
export function notMicroPython(name: string, chip: string): PortalError {
  return new PortalError('firmware-invalid', `${name} is a program for an ${chip}, but not MicroPython.`, {
    next: 'Omit --firmware for the newest MicroPython. To write this program anyway, add --any-firmware.',
  });
}
