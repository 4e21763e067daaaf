// The lines of a record, JSON objects: a board got its row, was made, failed, was checked. Pure.

import { isObject, parseJson } from '../../../input/parse-json.js';

/** The first line of every record. */
const FORMAT = 1;
const MAC = /^[\da-f]{2}(?::[\da-f]{2}){5}$/;

/** By what a row is known. */
export interface RowName {
  /** Its place in the data, from 1. */
  readonly number: number;
  /** Of the data; without such a column the number. */
  readonly serial: string;
}

interface LineOfBoard {
  /** ISO 8601. */
  readonly time: string;
  readonly mac: string;
  readonly row: number;
  readonly serial: string;
}

/** A board has this row from now on, whatever happens to it. Written before a byte of its flash is changed. */
export interface StartedLine extends LineOfBoard {
  readonly event: 'started';
  /** Random texts by their lengths; only of plans with `recordSecrets`. */
  readonly random?: Readonly<Record<string, string>>;
}

/** The board is done. Written before the board is reported as done. */
export interface MadeLine extends LineOfBoard {
  /** `checked`: it was made before, and `healed` where something had to be written. */
  readonly event: 'made' | 'checked';
  readonly chip: string;
  readonly firmware: { readonly version: string; readonly sha256: string };
  /** SHA-256 of the program's paths and contents, the same for all boards. */
  readonly files: string;
  /** The event that the test waited for; `none` without a test. */
  readonly test: string;
  readonly seconds: number;
  /** Name and version of the program. */
  readonly tool: string;
  readonly essid?: string;
  /** Of the WiFi that the board opens; only of plans with `recordSecrets`. */
  readonly password?: string;
  readonly healed?: boolean;
}

/** The board keeps its row; the next attempt goes on with it. */
export interface FailedLine extends LineOfBoard {
  readonly event: 'failed';
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly seconds: number;
}

export type RecordLine = StartedLine | MadeLine | FailedLine;

export function headerLine(tool: string): string {
  return `${JSON.stringify({ event: 'record', format: FORMAT, tool })}\n`;
}

/** The beginning of every record, to recognise one that was cut within its first line. */
export const HEADER_START = '{"event":"record","format":';

export function isHeader(text: string): boolean {
  const line = objectIn(text);
  return line?.event === 'record' && line.format === FORMAT;
}

/** @returns `undefined` for text that is no such line */
export function parseRecordLine(text: string): RecordLine | undefined {
  const line = objectIn(text);
  if (!line) return undefined;
  const { event, time, mac, row, serial } = line;
  const isBoard =
    typeof time === 'string' &&
    typeof mac === 'string' &&
    MAC.test(mac) &&
    typeof row === 'number' &&
    Number.isSafeInteger(row) &&
    row >= 1 &&
    typeof serial === 'string';
  if (!isBoard) return undefined;
  switch (event) {
    case 'started':
      return isRandom(line.random) ? (line as unknown as StartedLine) : undefined;
    case 'made':
    case 'checked':
      return isMade(line) ? (line as unknown as MadeLine) : undefined;
    case 'failed':
      return isFailed(line) ? (line as unknown as FailedLine) : undefined;
    default:
      return undefined;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function objectIn(text: string): Fields | undefined {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRandom(value: unknown): boolean {
  return (
    value === undefined || (isObject(value) && Object.values(value).every((text) => typeof text === 'string'))
  );
}

function isMade({ chip, firmware, files, test, tool, seconds }: Fields): boolean {
  const isFirmware =
    isObject(firmware) && typeof firmware.version === 'string' && typeof firmware.sha256 === 'string';
  return (
    isFirmware &&
    typeof seconds === 'number' &&
    [chip, files, test, tool].every((text) => typeof text === 'string')
  );
}

function isFailed({ code, message, attempts, seconds }: Fields): boolean {
  return (
    [code, message].every((text) => typeof text === 'string') &&
    typeof attempts === 'number' &&
    typeof seconds === 'number'
  );
}
