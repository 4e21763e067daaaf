// Boot texts that are one line → events.

import type { LineMeaning } from '../events.js';
import type { LineRule } from '../line-rules.js';
import { BOOT_TEXTS, type BootText, type BootTextKind, readBootText } from './boot-texts.js';
import { readChipStart } from './reset-causes.js';

const EVENTS = {
  banner: 'boot.loading',
  start: undefined, // its fields are read
  download: 'boot.download',
  loading: 'boot.loading',
  'no-firmware': 'boot.failed',
  'bad-flash': 'boot.failed',
  refused: 'boot.failed',
  brownout: undefined, // see crash-dump.ts
  crash: undefined,
} as const satisfies Record<BootTextKind, 'boot.download' | 'boot.loading' | 'boot.failed' | undefined>;

export const BOOT_RULES: readonly LineRule[] = BOOT_TEXTS.flatMap(lineRule);

function lineRule({ start, kind, pattern, explanation, advice }: BootText): LineRule[] {
  if (kind === 'start') return [{ start, read: readStart }];
  const event = EVENTS[kind];
  if (event === undefined) return [];
  const meaning: LineMeaning = {
    event,
    ...(explanation === undefined ? {} : { explanation }),
    ...(advice === undefined ? {} : { advice }),
  };
  return [{ start, read: (line) => (pattern === undefined || pattern.test(line) ? meaning : undefined) }];
}

function readStart(line: string): LineMeaning | undefined {
  const start = readChipStart(line);
  if (start === undefined) return undefined;
  const { isBrownOut: _, causeText: __, ...facts } = start;
  return { event: 'boot.rom', ...facts };
}

const ROM_CHIP = /^ESP-ROM:(esp32[a-z]*\d*|esp8684)|^(ets )J/;

/** Which chip's ROM prints this line, its first. */
export function romChip(line: string): string | undefined {
  const [, named, old] = ROM_CHIP.exec(line) ?? [];
  if (named === 'esp8684') return 'esp32c2'; // its package
  return named ?? (old === undefined ? undefined : 'esp32');
}

/** The ROM's first line behind a few characters that were damaged by the reset. */
export function readGluedBootLine(line: string): LineMeaning | undefined {
  return line.includes('rst cause:') ? readStart(line) : undefined;
}

/** Whether the ESP8266's ROM prints this line, whose beginning the reset may have damaged. */
export function isRomText(line: string): boolean {
  return line.includes('rst cause:') || readBootText(line)?.start === 'load 0x';
}

/** Whether the ESP8266's ROM has printed its last line, at its own baud rate. */
export function isEndOfRomText(line: string): boolean {
  return readBootText(line)?.isLast === true;
}
