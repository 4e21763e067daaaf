// One board from its loader to its record: identify, get its row, flash and install in one pass, test, label, record.

import { randomInt } from 'node:crypto';
import { PortalError } from '../../errors.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import type { LogEntry } from '../../log/events.js';
import type { Port } from '../../port/port.js';
import type { ChipEvent } from '../../progress.js';
import type { FirmwareOfPort } from '../firmware/firmware-source.js';
import type { FlashOptions } from '../flash/flash.js';
import type { SetupResult } from '../setup.js';
import { setup } from '../setup.js';
import { BoardTest } from './board-test.js';
import { filesDigest, sha256Of } from './digests.js';
import type { FactoryEvent } from './factory-events.js';
import { writeLabel } from './labels.js';
import type { BoardValues } from './plan/placeholders.js';
import type { PreparedPlan } from './plan/prepare-plan.js';
import type { Ledger } from './record/ledger.js';
import type { MadeLine, StartedLine } from './record/record-lines.js';

/** Without 0, 1, i, l and o, which are mistaken for each other on a label. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** What all boards of a session share. */
export interface Workshop {
  readonly plan: PreparedPlan;
  readonly ledger: Ledger;
  readonly firmwareOf: FirmwareOfPort;
  /** Name and version of the program, for the record. */
  readonly tool: string;
  /** Make boards anew that are recorded as made. */
  readonly redo: boolean;
  /** Boards in work, by MAC: the same may be plugged in twice, or a copied MAC. */
  readonly inWork: Map<string, string>;
  readonly signal: AbortSignal;
  readonly onEvent: (event: FactoryEvent) => void;
  readonly onSecret: (secret: string) => void;
}

export class BoardMaker {
  readonly #shop: Workshop;
  readonly #board: string;
  readonly #startedAt = performance.now();
  #chip: ChipEvent | undefined;
  #started: StartedLine | undefined;
  #wasMade = false;
  #image: FirmwareImage | undefined;

  /** @param board the address of its port */
  constructor(shop: Workshop, board: string) {
    this.#shop = shop;
    this.#board = board;
  }

  get mac(): string | undefined {
    return this.#chip?.mac;
  }

  /** `undefined` as long as the board has no row. */
  get started(): StartedLine | undefined {
    return this.#started;
  }

  get seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 100) / 10;
  }

  /**
   * One attempt, which begins where the last one ended.
   * @throws PortalError as setup; `board-error` and `timeout` of the test; `output-failed`; the signal's reason
   */
  async attempt(port: Port): Promise<void> {
    const { plan, redo, signal } = this.#shop;
    const test = new BoardTest(plan.test);
    const onLog = (entry: LogEntry) => {
      test.watch(entry);
      this.#shop.onEvent({ ...entry, board: this.#board });
    };
    const result = await setup(port, {
      firmware: await this.#firmware(),
      forChip: async (chip) => {
        const values = await this.#claim(chip);
        return { config: plan.config(values), ...plan.app(values) };
      },
      erase: redo && this.#wasMade,
      signal,
      onLog,
      onProgress: (event) => this.#shop.onEvent({ ...event, board: this.#board }),
    });
    if (result.install.state === 'without-portal')
      throw new PortalError('portal-silent', `main.py on ${port.name} does not start the portal.`, {
        next: 'Make the board anew: esp-portal factory --redo',
      });
    const tested = await test.finish(port, { log: result.log, signal, onLog });
    await this.#finish(result, tested);
  }

  async #firmware(): Promise<FlashOptions['firmware']> {
    const { firmwareOf, onEvent } = this.#shop;
    const firmware = await firmwareOf(this.#board, (event) => onEvent({ ...event, board: this.#board }));
    return async (found) => {
      this.#image = typeof firmware === 'function' ? await firmware(found) : firmware;
      return this.#image;
    };
  }

  /** The board is not in work any more. */
  release(): void {
    const { inWork } = this.#shop;
    if (this.mac !== undefined && inWork.get(this.mac) === this.#board) inWork.delete(this.mac);
  }

  /** Gives the board its row, which is in the record before a byte of its flash is changed. */
  async #claim(chip: ChipEvent): Promise<BoardValues> {
    const { plan, ledger, inWork, onEvent } = this.#shop;
    const { mac } = chip;
    if (this.#chip && this.#chip.mac !== mac)
      throw new PortalError(
        'port-lost',
        `${this.#board} has another board now: ${mac} instead of ${this.#chip.mac}.`,
      );
    const elsewhere = inWork.get(mac);
    if (elsewhere !== undefined && elsewhere !== this.#board)
      throw new PortalError('usage', `The board with the MAC ${mac} is in work on ${elsewhere}.`, {
        next: 'Use the board on one port only. If these are two boards with the same MAC, one of them is a faulty copy.',
      });
    inWork.set(mac, this.#board);
    const isFirst = this.#chip === undefined;
    this.#chip = chip;
    const known = ledger.board(mac);
    const started = known?.started ?? (await this.#newRow(mac));
    this.#started = started;
    if (isFirst) {
      this.#wasMade = known?.made !== undefined;
      const state = !known ? 'new' : known.made ? 'made' : 'unfinished';
      onEvent({
        event: 'factory.row',
        board: this.#board,
        mac,
        row: started.row,
        serial: started.serial,
        state,
      });
    }
    const values = plan.values(started);
    for (const secret of [plan.config(values).password, ...values.random.values()])
      if (secret != null) this.#shop.onSecret(secret);
    return values;
  }

  async #newRow(mac: string): Promise<StartedLine> {
    const { plan, ledger } = this.#shop;
    const { boards = Number.POSITIVE_INFINITY, randomLengths } = plan;
    const random = Object.fromEntries(randomLengths.map((length) => [length, randomText(length)]));
    const rowAt = (number: number) => (ledger.rowsTaken < boards ? plan.row(number) : undefined);
    const more = { time: new Date().toISOString(), ...(randomLengths.length > 0 && { random }) };
    const started = await ledger.start(mac, rowAt, more);
    if (started) return started;
    throw new PortalError(
      'usage',
      `No row is left for the board with the MAC ${mac}: ${ledger.rowsTaken} boards have one.`,
      {
        next: 'Append rows to the data, or raise "boards" in the plan, and run the same command again.',
      },
    );
  }

  /** Label and record, in this order: a board that is recorded as made has its label. */
  async #finish({ flash, install }: SetupResult, tested: string): Promise<void> {
    const { plan, ledger, tool, onEvent, redo } = this.#shop;
    const [started, image] = [this.#started, this.#image];
    if (!started || !image) throw new Error('a board without a row was made');
    const { mac, row, serial } = started;
    const values = plan.values(started);
    const label = await writeLabel(plan, started);
    const healed = this.#wasMade && (!flash.skipped || install.filesSent > 0 || install.removed.length > 0);
    const isChecked = this.#wasMade && !redo;
    const { essid, password } = plan.config(values);
    const line: MadeLine = {
      event: isChecked ? 'checked' : 'made',
      time: new Date().toISOString(),
      ...{ mac, row, serial },
      chip: flash.chip,
      firmware: { version: flash.version ?? '', sha256: sha256Of(image) },
      files: filesDigest(plan.appFiles ?? []),
      test: tested,
      seconds: this.seconds,
      tool,
      ...(essid != null && { essid }),
      ...(password != null && plan.file.recordSecrets && { password }),
      ...(isChecked && { healed }),
    };
    await ledger.add(line);
    this.release();
    const result = !isChecked ? 'made' : healed ? 'healed' : 'checked';
    onEvent({
      event: 'factory.done',
      board: this.#board,
      mac,
      row,
      serial,
      result,
      seconds: this.seconds,
      label,
    });
  }
}

function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
