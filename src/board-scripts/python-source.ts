// Python that travels to a board: written to be read here, sent without what only readers need.

import pako from 'pako';

interface Line {
  readonly indent: number;
  readonly text: string;
}

const COMPOUND = /^(if|elif|else|for|while|try|except|finally|with|def|class)\b/;

/**
 * Removes comment lines and empty lines, indents by one space instead of four, and puts simple
 * statements on one line. The source must not have statements of several lines.
 */
export function minify(source: string): string {
  const lines = source
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => ({ indent: line.search(/\S/) / 4, text: line.trim() }));
  return hangBodies(joinSimple(lines))
    .map(({ indent, text }) => ' '.repeat(indent) + text)
    .join('\n');
}

/** Joins adjacent statements of one block. */
function joinSimple(lines: readonly Line[]): Line[] {
  const joined: Line[] = [];
  for (const line of lines) {
    const before = joined.at(-1);
    if (before && isSimple(before) && isSimple(line) && before.indent === line.indent) {
      joined.splice(-1, 1, { ...before, text: `${before.text};${line.text}` });
    } else {
      joined.push(line);
    }
  }
  return joined;
}

/** A body of one line goes behind the colon of its header. */
function hangBodies(lines: readonly Line[]): Line[] {
  const result: Line[] = [];
  for (const [index, line] of lines.entries()) {
    const header = result.at(-1);
    const next = lines[index + 1];
    const isWholeBody =
      header !== undefined &&
      header === lines[index - 1] &&
      !isSimple(header) &&
      isSimple(line) &&
      line.indent === header.indent + 1 &&
      (next === undefined || next.indent < line.indent);
    if (isWholeBody) result.splice(-1, 1, { ...header, text: header.text + line.text });
    else result.push(line);
  }
  return result;
}

function isSimple({ text }: Line): boolean {
  return !COMPOUND.test(text);
}

/**
 * First lines of a program that imports only built-in modules, whatever files the board has. Names
 * with a `u` in front mean them in all of MicroPython 1.x (since 1.21 as aliases), and are not what a program that ran
 * before has imported from a file; the path, which before 1.18 must not be empty, leads nowhere.
 */
export const BUILT_INS_ONLY = `
try:
    import usys as sys
except ImportError:
    import sys
sys.path[:]=['*']
import uos as os`;

/** `umachine` is known since MicroPython 1.19; before, no file is found before `machine`. */
export const IMPORT_MACHINE = `
try:
    import umachine as machine
except ImportError:
    import machine`;

/** The module with which a board unpacks what was compressed: MicroPython 1.21 changed it. */
export type Inflater = 'deflate' | 'uzlib';

/** With so much memory code may come packed: it and what unpacks it are there at once. */
export const PACKED_HEAP_BYTES = 16_000;

/** Programs to be run in order, in the form that this board receives fastest. */
export function forTheWire(
  programs: readonly string[],
  board: { readonly inflater: Inflater; readonly freeHeapBytes: number },
): string | Uint8Array {
  const plain = programs.join('\n');
  if (board.freeHeapBytes <= PACKED_HEAP_BYTES) return plain;
  const short = packed(programs, board.inflater);
  return short.length < plain.length ? short : plain;
}

/** What unpacks a bytes literal: code before it, and the expression around it. */
const UNPACKING: Readonly<Record<Inflater, readonly [string, string, string]>> = {
  deflate: ['import deflate,uio as io', 'deflate.DeflateIO(io.BytesIO(', '),1,11).read()'],
  uzlib: ['import uzlib', 'uzlib.decompress(', ',-11)'],
};

/** Code that unpacks and runs programs, each compiled for itself: that takes less memory at once. */
export function packed(programs: readonly string[], inflater: Inflater): Uint8Array {
  const literal: number[] = [];
  for (const byte of pako.deflateRaw(Buffer.from(programs.join('\0')), { level: 9, windowBits: 11 })) {
    const escaped = ESCAPES.get(byte);
    if (escaped === undefined) literal.push(byte);
    else literal.push(...Buffer.from(escaped));
  }
  const [imports, before, after] = UNPACKING[inflater];
  const [head, tail] = programs.length === 1 ? ['exec(', ')'] : ['for c in ', ".split(b'\\0'):exec(c)"];
  return Buffer.concat([
    Buffer.from(`${imports}\n${head}${before}b'`),
    Buffer.from(literal),
    Buffer.from(`'${after}${tail}`),
  ]);
}

/** Bytes that end a literal, a line or the code; a bytes literal takes all others as they are. */
const ESCAPES = new Map<number, string>([
  ...[0, 1, 2, 3, 4, 5].map((byte) => [byte, `\\x0${byte}`] as const),
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x27, "\\'"],
  [0x5c, '\\\\'],
]);
