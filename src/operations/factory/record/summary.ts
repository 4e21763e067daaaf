// What a record says in figures, and as a table for other programs.

import type { KnownBoard, Ledger } from './ledger.js';

export interface FactorySummary {
  readonly made: number;
  /** Boards with a row that are not made: of failed ones the reason. */
  readonly failed: readonly {
    readonly mac: string;
    readonly serial: string;
    readonly row: number;
    readonly code: string;
    readonly message: string;
  }[];
  readonly unfinished: readonly { readonly mac: string; readonly serial: string; readonly row: number }[];
  /** Boards to make that have no row yet; `undefined` where the plan has no limit. */
  readonly left: number | undefined;
  /** The median time from one board to the next; `undefined` for fewer than two. */
  readonly minutesPerBoard: number | undefined;
}

/** @param boards that the plan wants */
export function summarise({ boards: known, rowsTaken }: Ledger, boards: number | undefined): FactorySummary {
  const nameOf = ({ started: { mac, serial, row } }: KnownBoard) => ({ mac, serial, row });
  const failed = known.flatMap((board) =>
    board.failed ? [{ ...nameOf(board), code: board.failed.code, message: board.failed.message }] : [],
  );
  return {
    made: known.filter(({ made }) => made !== undefined).length,
    failed,
    unfinished: known.filter(({ made, failed }) => !made && !failed).map(nameOf),
    left: boards === undefined ? undefined : Math.max(0, boards - rowsTaken),
    minutesPerBoard: minutesPerBoard(known),
  };
}

/** A pause counts as one of the times between two boards, so not much. */
function minutesPerBoard(known: readonly KnownBoard[]): number | undefined {
  const times = known.flatMap(({ made }) => (made ? [Date.parse(made.time)] : [])).sort((a, b) => a - b);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const median = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)];
  return median === undefined ? undefined : Math.round(median / 600) / 100;
}

/** Also of several lines, which papaparse's own pattern misses. */
const FORMULA = /^[=+\-@\t\r]/;
/** Of CSV, RFC 4180. */
const LINE_END = '\r\n';

const COLUMNS = [
  ...['serial', 'row', 'mac', 'state', 'time', 'chip', 'firmware', 'firmware_sha256', 'files_sha256', 'test'],
  ...['seconds', 'tool', 'essid', 'password', 'code', 'message'],
] as const;

/** All boards of a record as CSV (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe. */
export async function recordAsCsv({ boards }: Ledger): Promise<string> {
  const { default: papa } = await import('papaparse');
  const rows = boards.toSorted((a, b) => a.started.row - b.started.row).map(cellsOf);
  const fields = COLUMNS.filter(
    (column) => column !== 'password' || rows.some(({ password }) => password !== undefined),
  );
  const data = rows.map((row) => fields.map((field) => row[field] ?? ''));
  const csv = papa.unparse({ fields: [...fields], data }, { escapeFormulae: FORMULA, newline: LINE_END });
  return data.length > 0 ? csv + LINE_END : csv; // without rows it ends the line of the keys
}

function cellsOf({ started, made, failed }: KnownBoard): Partial<Record<(typeof COLUMNS)[number], string>> {
  const { serial, row, mac } = started;
  return {
    ...{ serial, row: String(row), mac },
    state: failed ? 'failed' : made ? 'made' : 'unfinished',
    time: (failed ?? made ?? started).time,
    ...(made && {
      ...{ chip: made.chip, firmware: made.firmware.version, firmware_sha256: made.firmware.sha256 },
      ...{ files_sha256: made.files, test: made.test, seconds: String(made.seconds), tool: made.tool },
      ...(made.essid !== undefined && { essid: made.essid }),
      ...(made.password !== undefined && { password: made.password }),
    }),
    ...(failed && { code: failed.code, message: failed.message }),
  };
}
