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

export type PythonValue =
  | string
  | number
  | boolean
  | Uint8Array
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

/** A Python literal of any value; an array is a list. */
export function literal(value: PythonValue): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string' || value instanceof Uint8Array) return quote(value);
  if (value instanceof Map) {
    return `{${[...value].map(([key, entry]) => `${literal(key)}:${literal(entry)}`).join(',')}}`;
  }
  return `[${Array.from(value as readonly PythonValue[], literal).join(',')}]`;
}
