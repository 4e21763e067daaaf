// Reads the data of a plan: CSV whose first line has the keys, one row a board. Every fault names its row and column.

import { PortalError } from '../../../errors.js';
import { FileProblem, readRegularFile } from '../../../input/regular-file.js';
import { utf8Text } from '../../../input/utf8-text.js';
import { BUILT_IN_NAMES } from './placeholders.js';

const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** Of spreadsheets, by language: the one that is most frequent in the first line is taken. */
const DELIMITERS = [',', ';', '\t'] as const;
/** The column by which a row is known, also after rows before it were added or removed. */
export const SERIAL_COLUMN = 'serial';

/** One board. */
interface DataRow {
  /** From 1, without the line of the keys. */
  readonly number: number;
  readonly values: ReadonlyMap<string, string>;
}

export interface BoardData {
  /** For messages. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
}

/** @throws PortalError `usage` */
export async function readBoardData(path: string, name: string): Promise<BoardData> {
  let bytes: Buffer;
  try {
    bytes = await readRegularFile(path, { maxBytes: MAX_FILE_BYTES });
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw dataFault(name, `the file ${error.message}`);
  }
  return parseBoardData(bytes, name);
}

/**
 * @param name of the file, for messages
 * @throws PortalError `usage`
 */
export async function parseBoardData(bytes: Uint8Array, name: string): Promise<BoardData> {
  const text = decode(bytes, name);
  const { default: papa } = await import('papaparse');
  const [firstLine = ''] = text.split(/\r\n|\r|\n/, 1);
  const { data, errors } = papa.parse<string[]>(text, {
    delimiter: delimiterOf(firstLine),
    skipEmptyLines: 'greedy',
  });
  const [keys, ...lines] = data;
  if (!keys) throw dataFault(name, 'it is empty: the first line needs the keys, one row a board follows');
  const quote = errors.find(({ type }) => type === 'Quotes');
  if (quote) throw dataFault(name, `row ${quote.row ?? 0}: a quotation mark is not closed or not doubled`);
  const columns = checkedColumns(keys, name);
  const rows = lines.map((cells, index) => rowOf(cells, { columns, number: index + 1, name }));
  if (rows.length === 0)
    throw dataFault(name, 'it has no rows: one row a board follows the line of the keys');
  if (columns.includes(SERIAL_COLUMN)) checkSerials(rows, name);
  return { name, columns, rows };
}

/** Spreadsheets write UTF-8, with or without BOM, or UTF-16 with one ("Unicode text"). */
function decode(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  const fault = (what: string) => dataFault(name, what, 'Save it as "CSV UTF-8" in your spreadsheet.');
  let text: string;
  try {
    text = encoding === 'utf-8' ? utf8Text(bytes) : new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    throw fault(
      `it ${error instanceof FileProblem ? error.message : `is not valid ${encoding.toUpperCase()}`}`,
    );
  }
  if (text.includes('\0')) throw fault('it has zero bytes, as UTF-16 without a byte order mark does');
  return text;
}

function delimiterOf(firstLine: string): string {
  const count = (delimiter: string) => firstLine.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

function checkedColumns(keys: readonly string[], name: string): string[] {
  const columns = keys.map((key) => key.trim());
  for (const [index, column] of columns.entries()) {
    if (column === '') throw dataFault(name, `column ${index + 1} has no key in the first line`);
    if (columns.indexOf(column) < index)
      throw dataFault(name, `the key "${column}" is in the first line twice`);
    if (BUILT_IN_NAMES.includes(column))
      throw dataFault(
        name,
        `the key "${column}" cannot be used: {${column}} is a built-in placeholder. Rename the column`,
      );
  }
  return columns;
}

function rowOf(
  cells: readonly string[],
  { columns, number, name }: { columns: readonly string[]; number: number; name: string },
): DataRow {
  if (cells.length !== columns.length) {
    const missing = columns[cells.length];
    const what =
      missing === undefined
        ? `it has ${cells.length} cells, the first line ${columns.length}`
        : `column ${missing} is missing`;
    throw dataFault(name, `row ${number}: ${what}`);
  }
  for (const [index, cell] of cells.entries()) {
    const column = columns[index] ?? '';
    const fault = cellFault(cell, column);
    if (fault !== undefined) throw dataFault(name, `row ${number}, column ${column}: it has ${fault}`);
  }
  return { number, values: new Map(columns.map((column, index) => [column, cells[index] ?? ''])) };
}

/** Characters that reorder or break text: a label would show another text than the record has. */
const REORDERING = /[\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
/** Of a serial number also what shows nothing, or a space: two boards would seem to have the same one. */
const INVISIBLE = /[\p{Cf}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/u;

function cellFault(cell: string, column: string): string | undefined {
  if (/[\p{Cc}\p{Cs}\ufffd]/u.test(cell)) return 'control characters or damaged text';
  const hidden = REORDERING.exec(cell) ?? (column === SERIAL_COLUMN ? INVISIBLE.exec(cell) : null);
  const code = hidden?.[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
  return code === undefined ? undefined : `the invisible character U+${code}`;
}

function checkSerials(rows: readonly DataRow[], name: string): void {
  const seen = new Map<string, number>();
  for (const { number, values } of rows) {
    const serial = values.get(SERIAL_COLUMN) ?? '';
    const shown = serial.normalize();
    const earlier = seen.get(shown);
    if (serial === '') throw dataFault(name, `row ${number}, column ${SERIAL_COLUMN}: it is empty`);
    if (serial !== serial.trim())
      throw dataFault(name, `row ${number}, column ${SERIAL_COLUMN}: "${serial}" has a space at one end`);
    if (earlier !== undefined)
      throw dataFault(name, `row ${number}, column ${SERIAL_COLUMN}: "${serial}" is also in row ${earlier}`);
    seen.set(shown, number);
  }
}

function dataFault(
  name: string,
  fault: string,
  next = `Correct ${name} and run the same command again.`,
): PortalError {
  return new PortalError('usage', `${name}: ${fault}.`, { next });
}
