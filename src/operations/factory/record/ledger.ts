// Which board has which row. What it says is in the record, on the disk, before anyone acts on it.

import { PortalError } from '../../../errors.js';
import { fileErrorWords } from '../../../input/file-error.js';
import {
  type FailedLine,
  HEADER_START,
  headerLine,
  isHeader,
  type MadeLine,
  parseRecordLine,
  type RecordLine,
  type RowName,
  type StartedLine,
} from './record-lines.js';

/** The bytes of a record on its disk. */
export interface RecordStorage {
  /** Empty where there is none yet. */
  read(): Promise<Buffer>;
  /** Resolves when the bytes are on the disk. */
  append(bytes: Uint8Array): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
}

/** A board as the record knows it. */
export interface KnownBoard {
  readonly started: StartedLine;
  /** How it was made last, and whether it still works; `undefined` until it is done. */
  readonly made: MadeLine | undefined;
  /** Since it was made. */
  readonly failed: FailedLine | undefined;
}

interface LedgerOptions {
  /** For messages. */
  readonly name: string;
  readonly tool: string;
  /** Called when a torn last line was removed. */
  readonly onRepair?: ((message: string) => void) | undefined;
}

export class Ledger {
  readonly #storage: RecordStorage;
  readonly #name: string;
  readonly #boards = new Map<string, KnownBoard>();
  /** By serial number, which is the row's number without serial numbers. */
  readonly #taken = new Map<string, string>();
  /** Row at which the search for a free one begins. */
  #firstFree = 1;
  #sizeBytes: number;
  /** Writes one after the other. */
  #lastWrite: Promise<void> = Promise.resolve();
  #failure: PortalError | undefined;

  private constructor(storage: RecordStorage, name: string, sizeBytes: number) {
    this.#storage = storage;
    this.#name = name;
    this.#sizeBytes = sizeBytes;
  }

  /**
   * Reads a record, or begins one.
   * @throws PortalError `usage` for a file that is no record, `output-failed`
   */
  static async open(storage: RecordStorage, options: LedgerOptions): Promise<Ledger> {
    const { ledger, tornBytes } = await Ledger.#read(storage, options.name);
    if (tornBytes > 0) {
      await storage.truncate(ledger.#sizeBytes).catch((error: unknown) => {
        throw cannotWrite(options.name, error);
      });
      options.onRepair?.(
        `${options.name}: the last entry was cut off, as by a power cut, and is removed. Plug in again the boards that were in work: they are finished.`,
      );
    }
    if (ledger.#sizeBytes === 0) await ledger.#append(headerLine(options.tool));
    return ledger;
  }

  /**
   * Reads a record and changes nothing.
   * @throws PortalError `usage` for a file that is no record
   */
  static async read(storage: RecordStorage, name: string): Promise<Ledger> {
    return (await Ledger.#read(storage, name)).ledger;
  }

  static async #read(storage: RecordStorage, name: string): Promise<{ ledger: Ledger; tornBytes: number }> {
    const bytes = await storage.read();
    const end = bytes.lastIndexOf(0x0a) + 1;
    const [header, ...lines] = bytes.toString('utf8', 0, Math.max(0, end - 1)).split('\n');
    const isEmpty = end === 0 && HEADER_START.startsWith(bytes.toString('latin1', 0, HEADER_START.length));
    const isCutHeader = end === 0 && bytes.toString('latin1').startsWith(HEADER_START);
    if (!isEmpty && !isCutHeader && !isHeader(header ?? ''))
      throw new PortalError(
        'usage',
        `${name} is not a record of esp-portal factory: its first line is another.`,
        {
          next: 'Give "record" in the plan another name.',
        },
      );
    const ledger = new Ledger(storage, name, end);
    for (const [index, text] of lines.entries()) {
      const line = parseRecordLine(text);
      if (line) ledger.#note(line, index + 2);
      else throw ledger.#damaged(index + 2, 'is damaged');
    }
    return { ledger, tornBytes: bytes.length - end };
  }

  get boards(): readonly KnownBoard[] {
    return [...this.#boards.values()];
  }

  board(mac: string): KnownBoard | undefined {
    return this.#boards.get(mac);
  }

  /**
   * Gives a new board the next row that no board has.
   * @param rowAt `undefined` after the last row
   * @returns `undefined` where no row is left
   * @throws PortalError `output-failed`: the board has no row then
   */
  async start(
    mac: string,
    rowAt: (number: number) => RowName | undefined,
    more: Pick<StartedLine, 'time' | 'random'>,
  ): Promise<StartedLine | undefined> {
    if (this.#boards.has(mac)) throw new Error(`${mac} has a row`);
    let row = rowAt(this.#firstFree);
    while (row && this.#taken.has(row.serial)) row = rowAt(++this.#firstFree);
    if (!row) return undefined;
    const line: StartedLine = { event: 'started', mac, row: row.number, serial: row.serial, ...more };
    this.#note(line); // before it is written: no other board may get this row meanwhile
    await this.#append(`${JSON.stringify(line)}\n`);
    return line;
  }

  /** @throws PortalError `output-failed`: the board is not done then */
  async add(line: MadeLine | FailedLine): Promise<void> {
    await this.#append(`${JSON.stringify(line)}\n`);
    this.#note(line);
  }

  /** Rows of boards, whether they are done or not. */
  get rowsTaken(): number {
    return this.#taken.size;
  }

  #note(line: RecordLine, place?: number): void {
    const known = this.#boards.get(line.mac);
    if (line.event === 'started') {
      const owner = this.#taken.get(line.serial);
      if (known) throw this.#damaged(place, `gives ${line.mac} a second row`);
      if (owner !== undefined) throw this.#damaged(place, `gives ${line.mac} the row of ${owner}`);
      this.#taken.set(line.serial, line.mac);
      this.#boards.set(line.mac, { started: line, made: undefined, failed: undefined });
      return;
    }
    if (known?.started.serial !== line.serial)
      throw this.#damaged(place, `is of a row that ${line.mac} does not have`);
    if (line.event === 'failed') this.#boards.set(line.mac, { ...known, failed: line });
    else this.#boards.set(line.mac, { ...known, made: lastState(known.made, line), failed: undefined });
  }

  async #append(text: string): Promise<void> {
    const write = this.#lastWrite.then(async () => {
      // What follows a line that may be torn would be lost with it.
      if (this.#failure) throw this.#failure;
      const bytes = Buffer.from(text);
      try {
        await this.#storage.append(bytes);
        this.#sizeBytes += bytes.length;
      } catch (error) {
        this.#failure = error instanceof PortalError ? error : cannotWrite(this.#name, error);
        // Otherwise another program has changed it: it is left as it is.
        const mayBeTorn = this.#failure !== error;
        if (mayBeTorn) await this.#storage.truncate(this.#sizeBytes).catch(() => {}); // or repaired at the next start
        throw this.#failure;
      }
    });
    this.#lastWrite = write.catch(() => {});
    return write;
  }

  #damaged(place: number | undefined, fault: string): Error {
    if (place === undefined) return new Error(`${this.#name} ${fault}`);
    return new PortalError('usage', `${this.#name} line ${place} ${fault}.`, {
      next: 'Restore the file from a copy, or correct this line: no board may lose its row.',
    });
  }
}

/** A check says what the board has now, not when it was made and how long that took. */
function lastState(before: MadeLine | undefined, line: MadeLine): MadeLine {
  if (line.event === 'made' || !before) return line;
  const { event, time, seconds } = before;
  return { ...line, event, time, seconds };
}

function cannotWrite(name: string, error: unknown): PortalError {
  const why = fileErrorWords(error);
  return new PortalError('output-failed', `${name} cannot be written: ${why}.`, {
    cause: error,
    likelyCause: 'The disk is full, read-only or was removed.',
    next: 'Make room on the disk and run the same command again: unfinished boards go on with their rows.',
  });
}
