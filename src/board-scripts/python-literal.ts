// Values as Python literals that survive a raw REPL. Imports nothing.

/** A Python literal: text for a string, bytes for data. Control bytes are escaped, as the raw REPL needs. */
export function quote(value: string | Uint8Array): string {
  if (typeof value === 'string') return `'${Array.from(value, quoteCharacter).join('')}'`;
  return `b'${Array.from(value, (byte) => quoteByte(byte)).join('')}'`;
}

function quoteCharacter(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point < 0x80 ? quoteByte(point) : `\\U${point.toString(16).padStart(8, '0')}`;
}

function quoteByte(byte: number): string {
  if (byte === 0x0a) return '\\n';
  if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`; // quote, backslash
  if (byte >= 0x20 && byte < 0x7f) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}
