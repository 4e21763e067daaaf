// What our own programs print on a board, checked: another program may print into it, and no board is trusted.

import { PortalError } from '../errors.js';

const MAX_SHOWN_CHARACTERS = 80;

/**
 * @param text JSON
 * @param message instead of one that quotes the text, which may contain a secret
 * @throws PortalError `transfer-failed` for anything but JSON of this form
 */
export function parseAnswer<T>(
  text: string,
  isAnswer: (value: unknown) => value is T,
  message = unreadable(text),
): T {
  let cause: unknown;
  try {
    const value: unknown = JSON.parse(text);
    if (isAnswer(value)) return value;
  } catch (error) {
    cause = error;
  }
  throw new PortalError('transfer-failed', message, { cause });
}

/**
 * @param text bytes as hex digits
 * @throws PortalError `transfer-failed` for anything else: what a part of it means is not what was asked for
 */
export function parseHex(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'hex'); // up to the first character that is no digit
  if (bytes.length * 2 !== text.length) throw new PortalError('transfer-failed', unreadable(text));
  return bytes;
}

export function isListOf<T>(isItem: (value: unknown) => value is T): (value: unknown) => value is T[] {
  return (value): value is T[] => Array.isArray(value) && value.every(isItem);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string';
}

export function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function unreadable(text: string): string {
  return `The board's answer cannot be read: "${shortened(text)}".`;
}

/** A line of it: it may be the output of another program. */
function shortened(output: string): string {
  const text = output.replace(/[\p{C}\s]+/gu, ' ').trim();
  const characters = [...text.slice(0, 2 * MAX_SHOWN_CHARACTERS + 2)]; // a character may be two code units
  if (characters.length <= MAX_SHOWN_CHARACTERS) return text;
  return `${characters.slice(0, MAX_SHOWN_CHARACTERS).join('')}…`;
}
