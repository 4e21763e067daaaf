// Secrets that this run was given, wherever and however a text repeats them.

import { quote } from '../../board-scripts/python-literal.js';
import type { FindSecret, Secret } from './secret.js';

/** A shorter value would also mask unrelated text. */
const SHORTEST_SECRET = 4;

/** Finds the values in every form in which they may be written. */
export function valueFinder(values: readonly string[]): FindSecret | undefined {
  const long = values.filter(({ length }) => length >= SHORTEST_SECRET);
  const forms = [...new Set(long.flatMap(formsOf))].sort((one, other) => other.length - one.length);
  if (forms.length === 0) return undefined;
  return (line, isWhole, from) => {
    let first: Secret | undefined;
    for (const form of forms) {
      const start = line.indexOf(form, from);
      if (start >= 0 && !(first && first.start <= start)) {
        first = { start, end: start + form.length, isCertain: true };
      }
    }
    const begun = isWhole ? line.length : Math.max(from, firstBeginning(line, forms));
    // In doubt of two at one place the one that may become longer decides.
    return begun < line.length && !(first && first.start < begun)
      ? { start: begun, end: line.length, isCertain: false }
      : first;
  };
}

/** Where at the end of the line the earliest form begins that is not complete. */
function firstBeginning(line: string, forms: readonly string[]): number {
  const longest = Math.max(...forms.map(({ length }) => length));
  for (let at = Math.max(0, line.length - longest + 1); at < line.length; at++) {
    if (forms.some((form) => form.length > line.length - at && form.startsWith(line.slice(at)))) return at;
  }
  return line.length;
}

/** As it is, in Python and JSON, in an address or a form, and as the digits of its bytes in hex or Base64. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const literal = quote(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const form = new URLSearchParams({ s: secret }).toString().slice(2);
  const forms = [
    ...[secret, literal, quote(bytes).slice(2, -1), literal.replaceAll("\\'", "'").replaceAll('"', '\\"')],
    ...[JSON.stringify(secret).slice(1, -1), url, lowerHex(url), form, lowerHex(form)],
    ...[hex, hex.toUpperCase(), bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, '')],
  ];
  // Bytes are searched as Latin-1, one character a byte.
  return [...forms, ...forms.map((text) => Buffer.from(text).toString('latin1'))];
}

function lowerHex(encoded: string): string {
  return encoded.replace(/%[\dA-F]{2}/g, (digits) => digits.toLowerCase());
}
