// The name of a build in MicroPython's images, as `sys.implementation._build` gives it: board and variant.

import { isAtLeast } from '../versions.js';

/** A separate string in the read-only data. */
const BUILD_NAME = /\0(ESP(?:8266|32)_GENERIC(?:_[A-Z]\d+)?(?:-\w+)?)\0/;

/** @returns the name in an image's bytes, as Latin-1 */
export function findBuildName(text: string): string | undefined {
  return BUILD_NAME.exec(text)?.[1];
}

/** @returns what an image of this version has of its name: nothing before 1.25 */
export function buildNameText(version: string, name: string): string {
  return isAtLeast(version, '1.25') ? `\0${name}\0` : '';
}
