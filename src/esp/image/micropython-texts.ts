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

export function identifyProgram(bytes: Uint8Array): ProgramTexts {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (CIRCUITPYTHON.test(text)) return { isMicroPython: false, version: undefined };
  const version = (AFTER_NAME.exec(text) ?? VERSION.exec(text))?.[1];
  return { isMicroPython: version !== undefined || MICROPYTHON.test(text), version };
}

/** @returns the error for a program that is complete as far as it can be checked, but not MicroPython */
export function notMicroPython(name: string, chip: string): PortalError {
  return new PortalError('firmware-invalid', `${name} is a program for an ${chip}, but not MicroPython.`, {
    next: 'Omit --firmware for the newest MicroPython. To write this program anyway, add --any-firmware.',
  });
}
