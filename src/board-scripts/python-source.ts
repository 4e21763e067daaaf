// Programs for boards: puts the texts of *.py files together, with the values of their parameters.

import { deflateRawSync } from 'node:zlib';
import { literal, type PythonValue } from './python-literal.js';

interface Line {
  readonly indent: number;
  readonly text: string;
}

export type Parameters = Readonly<Record<string, PythonValue>>;

const COMPOUND = /^(if|elif|else|for|while|try|except|finally|with|def|class)\b/;
const CONDITION = /^if (not )?\$(\w+)\$:$/;
const PARAMETER = /\$(\w+)\$/g;

/**
 * Programs that run one after the other, in as few characters as they take.
 * @param programs texts of modules of this folder
 * @param parameters what they import from `parameters`; where it is all that an `if` asks for, only the block for its
 *   value is sent
 */
export function assemble(programs: readonly string[], parameters: Parameters = {}): string {
  const lines = programs
    .join('\n')
    .split('\n')
    .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  return hangBodies(joinSimple(chooseBlocks(lines, parameters)))
    .map(({ indent, text }) => ' '.repeat(indent) + text)
    .join('\n')
    .replace(PARAMETER, (_, name) => literal(parameterOf(name, parameters)));
}

function parameterOf(name: string, parameters: Parameters): PythonValue {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the program has a parameter ${name} that was not given`);
  return value;
}

/** Decides what depends on parameters alone. */
function chooseBlocks(lines: readonly Line[], parameters: Parameters): Line[] {
  const chosen: Line[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    if (!line) break;
    const [condition, negation, name = ''] = CONDITION.exec(line.text) ?? [];
    if (condition === undefined) {
      chosen.push(line);
      at += 1;
      continue;
    }
    const end = endOfBlock(lines, at);
    const hasElse = lines[end]?.indent === line.indent && lines[end]?.text === 'else:';
    const isTrue = (parameterOf(name, parameters) === true) === (negation === undefined);
    const elseEnd = hasElse ? endOfBlock(lines, end) : end;
    const block = isTrue ? lines.slice(at + 1, end) : lines.slice(end + 1, elseEnd);
    chosen.push(
      ...chooseBlocks(
        block.map(({ indent, text }) => ({ indent: indent - 1, text })),
        parameters,
      ),
    );
    at = elseEnd;
  }
  return chosen;
}

function endOfBlock(lines: readonly Line[], header: number): number {
  const { indent = 0 } = lines[header] ?? {};
  const length = lines.slice(header + 1).findIndex((line) => line.indent <= indent);
  return length < 0 ? lines.length : header + 1 + length;
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

/** Code that unpacks and runs programs, compiled one by one, which takes less memory at once. */
export function packed(programs: readonly string[], inflater: Inflater): Uint8Array {
  const deflated = deflateRawSync(programs.join('\0'), { level: 9, windowBits: 11 });
  const literal = Array.from(deflated, (byte, at) => escapeByte(byte, deflated[at + 1])).join('');
  const [imports, before, after] = UNPACKING[inflater];
  const [head, tail] = programs.length === 1 ? ['exec(', ')'] : ['for c in ', ".split(b'\\0'):exec(c)"];
  return Buffer.concat([
    Buffer.from(`${imports}\n${head}${before}b'`),
    Buffer.from(literal, 'latin1'),
    Buffer.from(`'${after}${tail}`),
  ]);
}

/** Those that end the code or a transfer are octal, one digit where no other digit follows. */
function escapeByte(byte: number, next = 0): string {
  if (byte > MAX_CONTROL) return ESCAPES.get(byte) ?? String.fromCharCode(byte);
  return next >= ZERO && next < ZERO + 8 ? `\\00${byte}` : `\\${byte}`;
}

const MAX_CONTROL = 5;
const ZERO = 0x30;
/** Bytes that end a literal or a line; a bytes literal takes all others as they are. */
const ESCAPES = new Map<number, string>([
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x27, "\\'"],
  [0x5c, '\\\\'],
]);
