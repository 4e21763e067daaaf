// The factory: watches ports, makes each board that is plugged in, and waits until it is taken out.

import { EventEmitter, once as nextOf } from 'node:events';
import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import { userFolder } from '../../input/user-folder.js';
import type { BoardPlace } from '../../port/discovery/discovery.js';
import type { BrowseOptions } from '../../port/network/browse.js';
import { openPort } from '../../port/open.js';
import type { Port } from '../../port/port.js';
import {
  type FirmwareOfPort,
  type FirmwareStoreOptions,
  firmwareForPorts,
} from '../firmware/firmware-source.js';
import type { PackagesOptions } from '../packages/packages.js';
import type { FactoryEvent } from './factory-events.js';
import { type ListPlaces, namedPorts, places, usbPorts } from './factory-ports.js';
import { makeLabelFolder } from './labels.js';
import type { Workshop } from './make-board.js';
import { withNetwork } from './network-places.js';
import type { PreparedPlan } from './plan/prepare-plan.js';
import { runSlot, type SlotResult } from './port-slot.js';
import { requireRows } from './read-record.js';
import { Ledger } from './record/ledger.js';
import { RecordFile } from './record/record-file.js';
import { StartGate } from './start-gate.js';
import { withPackages } from './with-packages.js';

const LISTING_MS = 500;
const STAGGER_MS = 1000;

export interface FactoryOptions {
  readonly plan: PreparedPlan;
  /** Addresses of ports; without them, those of all boards on USB. */
  readonly ports?: readonly string[] | undefined;
  /** Also those that ser2net announces on the local networks. */
  readonly network?: boolean | Pick<BrowseOptions, 'interfaces'> | undefined;
  /** The same for another source of boards: where there are some now; asked every half second. */
  readonly listPlaces?: ListPlaces | undefined;
  readonly openPort?: ((address: string, signal: AbortSignal) => Promise<Port>) | undefined;
  /** Where firmware that the plan does not name as a file comes from, and is kept. */
  readonly store?: Partial<FirmwareStoreOptions> | undefined;
  /** Where packages of the plan come from, and are kept. */
  readonly packages?: Pick<PackagesOptions, 'cacheFolder' | 'index'> | undefined;
  /** Name and version of the program, for the record. */
  readonly tool?: string | undefined;
  /** Boards at the same time; as many as there are ports by default. */
  readonly jobs?: number | undefined;
  /** Between the starts of two boards, in milliseconds: 1000 by default. */
  readonly staggerMs?: number | undefined;
  /** Make the boards that are plugged in, then end. */
  readonly once?: boolean | undefined;
  /** Erase boards that are recorded as made, and make them anew with their rows. */
  readonly redo?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: FactoryEvent) => void) | undefined;
  /** Called with passwords of boards before anything about them is reported, to mask them. */
  readonly onSecret?: ((secret: string) => void) | undefined;
}

/** What a session did. */
export interface FactoryResult {
  readonly made: number;
  /** Recorded as made before: still as they were, or repaired. */
  readonly checked: number;
  readonly failed: readonly { readonly board: string; readonly error: PortalError }[];
  /** Boards that were in work when it ended; they go on with their rows. */
  readonly unfinished: number;
  /** Every board of the plan is made. */
  readonly isComplete: boolean;
}

/**
 * Makes boards until the plan is fulfilled, or the signal aborts; with `once`, those that are plugged in.
 * @throws PortalError `output-failed` for a record or label that cannot be written: no board is made without a record;
 *   `usage` for a record that does not fit the plan; `package-failed`
 */
export async function factory(options: FactoryOptions): Promise<FactoryResult> {
  const { tool = 'esp-portal', signal = new AbortController().signal, onEvent } = options;
  const { firmware, record } = options.plan.file;
  const cacheFolder = userFolder('cache', {});
  const plan = await withPackages(options.plan, { cacheFolder, ...options.packages, signal });
  const firmwareOf = await firmwareForPorts(firmware, { cacheFolder, ...options.store, signal });
  await using file = await RecordFile.open(record);
  const onRepair = (message: string) => onEvent?.({ event: 'notice', message });
  const ledger = await Ledger.open(file, { name: record, tool, onRepair });
  requireRows(plan, ledger);
  if (plan.hasLabel) makeLabelFolder(plan);
  return await new Session({ ...options, plan, tool, signal, firmwareOf, ledger }).run();
}

interface SessionOptions extends FactoryOptions {
  readonly tool: string;
  readonly signal: AbortSignal;
  readonly firmwareOf: FirmwareOfPort;
  readonly ledger: Ledger;
}

class Session {
  readonly #options: SessionOptions;
  readonly #listPlaces: ListPlaces;
  readonly #shop: Workshop;
  readonly #gate: StartGate;
  /** Ends the session: a record that cannot be written, or a plan that is fulfilled. */
  readonly #end = new AbortController();
  readonly #slots = new Map<string, Promise<void>>();
  #listed: readonly BoardPlace[] = [];
  readonly #listings = new EventEmitter().setMaxListeners(0);
  #made = 0;
  #checked = 0;
  readonly #failed: { board: string; error: PortalError }[] = [];
  #unfinished = 0;
  #error: unknown;

  constructor(options: SessionOptions) {
    const {
      plan,
      ledger,
      firmwareOf,
      tool,
      onSecret = () => {},
      redo = false,
      jobs = Number.POSITIVE_INFINITY,
    } = options;
    const { network } = options;
    this.#options = options;
    const local = options.listPlaces ?? placesOf(options);
    this.#listPlaces = network
      ? withNetwork(local, { ...(network !== true && network), signal: options.signal })
      : local;
    this.#gate = new StartGate({ jobs, staggerMs: options.staggerMs ?? STAGGER_MS });
    this.#shop = {
      ...{ plan, ledger, firmwareOf, tool, redo, onSecret },
      inWork: new Map(),
      signal: AbortSignal.any([options.signal, this.#end.signal]),
      onEvent: (event) => this.#onEvent(event),
    };
  }

  async run(): Promise<FactoryResult> {
    const { once = false } = this.#options;
    const { signal, inWork } = this.#shop;
    const count = () => {
      this.#unfinished = inWork.size;
    };
    signal.addEventListener('abort', count, { once: true }); // before the boards leave their work because of it
    try {
      await this.#list();
      if (once) this.#checkRows();
      while (!signal.aborted && !this.#isComplete) {
        for (const port of this.#listed) if (!this.#slots.has(port.place)) this.#startSlot(port, once);
        if (once) break;
        await delay(LISTING_MS, signal);
        await this.#list();
      }
      if (once) await Promise.all(this.#slots.values());
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#end.abort();
      await Promise.all(this.#slots.values());
    }
    if (this.#error !== undefined) throw this.#error;
    const isComplete = this.#isComplete;
    return {
      made: this.#made,
      checked: this.#checked,
      failed: this.#failed,
      unfinished: this.#unfinished,
      isComplete,
    };
  }

  /** Every board of the plan is recorded as made, and no other one is in work; never where boards are made anew. */
  get #isComplete(): boolean {
    const { plan, ledger, inWork } = this.#shop;
    const made = ledger.boards.filter(({ made }) => made !== undefined).length;
    if (this.#shop.redo) return false;
    return inWork.size === 0 && plan.boards !== undefined && made >= plan.boards && this.#made > 0;
  }

  /** Where all boards are new, there must be a row for each. */
  #checkRows(): void {
    if (this.#listed.length === 0) throw new PortalError('port-none', 'No board was found on any USB port.');
    const { plan, ledger } = this.#shop;
    const { boards = Number.POSITIVE_INFINITY } = plan;
    if (ledger.boards.length > 0 || this.#listed.length <= boards) return;
    throw new PortalError(
      'usage',
      `${this.#listed.length} boards are plugged in, the plan has rows for ${boards}.`,
      {
        next: 'Append rows to the data, or take boards out, and run the same command again.',
      },
    );
  }

  async #list(): Promise<void> {
    this.#listed = await this.#listPlaces();
    this.#listings.emit('listed');
  }

  #startSlot(port: BoardPlace, once: boolean): void {
    const { signal } = this.#shop;
    const open = this.#options.openPort ?? ((address, until) => openPort(address, { signal: until }));
    const untilUnlisted = (place: string, until: AbortSignal) => this.#untilUnlisted(place, until);
    const slot = runSlot(
      { port, once, openPort: open, untilUnlisted, shop: this.#shop, gate: this.#gate },
      (result) => this.#onMade(port.address, result),
    )
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#error ??= error;
        this.#end.abort();
      })
      .finally(() => {
        if (!once) this.#slots.delete(port.place);
      });
    this.#slots.set(port.place, slot);
  }

  async #untilUnlisted(place: string, signal: AbortSignal): Promise<void> {
    while (this.#listed.some((port) => port.place === place))
      await nextOf(this.#listings, 'listed', { signal });
  }

  #onEvent(event: FactoryEvent): void {
    if (event.event === 'factory.done') event.result === 'made' ? this.#made++ : this.#checked++;
    this.#options.onEvent?.(event);
  }

  #onMade(board: string, result: SlotResult): void {
    const isFailed = result.outcome === 'failed' || (result.outcome === 'lost' && this.#options.once);
    if (isFailed && 'error' in result) this.#failed.push({ board, error: result.error });
  }
}

function placesOf({ ports, once }: FactoryOptions): ListPlaces {
  if (!ports) return usbPorts();
  return once ? async () => places(ports) : namedPorts(ports);
}
