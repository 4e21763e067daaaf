// One port with one board: from being plugged in to being taken out.

import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import { ByteReader } from '../../port/byte-reader.js';
import type { BoardPlace } from '../../port/discovery/discovery.js';
import type { Port } from '../../port/port.js';
import { BoardMaker, type Workshop } from './make-board.js';
import type { StartGate } from './start-gate.js';

/** Of one board, before it is to be taken out. */
const ATTEMPTS = 3;
/** Before the next attempt: the boards that drew current meanwhile may have started. */
const PAUSE_MS = 1000;
/** Between two attempts to open a port. */
const REOPEN_MS = 1000;
/** How long one read waits for the board to be taken out. */
const READ_MS = 60_000;

/** What another attempt may mend: a weak supply while other boards start, a loose contact, a test. */
const WORTH_ANOTHER_ATTEMPT: ReadonlySet<string> = new Set([
  ...['loader-silent', 'board-restarts', 'flash-failed', 'transfer-failed', 'firmware-silent'],
  ...['repl-silent', 'repl-stalled', 'repl-boot-loop', 'portal-silent', 'board-error', 'timeout'],
]);

interface SlotOptions {
  readonly port: BoardPlace;
  readonly shop: Workshop;
  readonly gate: StartGate;
  readonly openPort: (address: string, signal: AbortSignal) => Promise<Port>;
  /** Resolves when nothing is listed at this place any more. */
  readonly untilUnlisted: (place: string, signal: AbortSignal) => Promise<void>;
  /** Fail where a port cannot be opened, and do not wait for the board to be taken out. */
  readonly once: boolean;
}

/** How a board left the factory. */
export type SlotResult =
  | { readonly outcome: 'done' | 'absent' }
  | { readonly outcome: 'failed' | 'lost'; readonly error: PortalError };

/**
 * @param onMade called when the board is done or given up; it may still be plugged in
 * @throws PortalError `output-failed`; the signal's reason
 */
export async function runSlot(options: SlotOptions, onMade: (result: SlotResult) => void): Promise<void> {
  const {
    shop,
    port: { address },
    once,
  } = options;
  try {
    await using port = await openWhenPossible(options);
    if (!port) return;
    shop.onEvent({ event: 'factory.found', board: address });
    const result = await options.gate.run(shop.signal, () => makeBoard(port, options));
    onMade(result);
    if (!once && result.outcome !== 'lost') await untilTakenOut(port, options);
  } catch (error) {
    // Only with `once`: otherwise it is opened when it is possible.
    if (!(error instanceof PortalError) || !error.code.startsWith('port-')) throw error;
    reportFailure(shop, address, undefined, error);
    onMade({ outcome: 'failed', error });
  }
  if (!once) shop.onEvent({ event: 'factory.free', board: address });
}

/** @returns `undefined` where the port has gone */
async function openWhenPossible({
  port,
  openPort,
  untilUnlisted,
  shop,
  once,
}: SlotOptions): Promise<Port | undefined> {
  const { address, place } = port;
  using gone = abortWhen((signal) => untilUnlisted(place, signal), shop.signal);
  let said: string | undefined;
  while (!gone.isOver()) {
    try {
      return await openPort(address, shop.signal);
    } catch (error) {
      shop.signal.throwIfAborted();
      if (once || !(error instanceof PortalError)) throw error;
      const { code, message } = error;
      if (message !== said) shop.onEvent({ event: 'factory.waiting', board: address, code, message });
      said = message;
    }
    await delay(REOPEN_MS, gone.signal).catch(() => {});
    shop.signal.throwIfAborted();
  }
  return undefined;
}

async function makeBoard(port: Port, { port: { address: board }, shop }: SlotOptions): Promise<SlotResult> {
  const maker = new BoardMaker(shop, board);
  try {
    for (let attempt = 1; ; attempt++) {
      const error = await maker.attempt(port).then(() => undefined, stopping(shop.signal));
      if (!error) return { outcome: 'done' };
      if (error.code === 'port-lost' || attempt === ATTEMPTS || !WORTH_ANOTHER_ATTEMPT.has(error.code))
        return await giveUp(error, attempt, { board, maker, shop });
      const next = { attempt: attempt + 1, attempts: ATTEMPTS };
      shop.onEvent({ event: 'factory.attempt', board, reason: error.message, ...next });
      await delay(PAUSE_MS, shop.signal);
    }
  } finally {
    maker.release();
  }
}

/** Passes on what ends the whole session. @returns what ends one attempt at most */
function stopping(signal: AbortSignal): (error: unknown) => PortalError {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof PortalError && error.code !== 'output-failed') return error;
    throw error;
  };
}

/** A board that was unplugged is not recorded as failed: it goes on when it is plugged in again. */
async function giveUp(
  error: PortalError,
  attempts: number,
  { board, maker, shop }: { board: string; maker: BoardMaker; shop: Workshop },
): Promise<SlotResult> {
  const { mac, started, seconds } = maker;
  const isLost = error.code === 'port-lost';
  if (started && !isLost) {
    const { row, serial } = started;
    const { code, message } = error;
    const time = new Date().toISOString();
    await shop.ledger.add({
      event: 'failed',
      time,
      mac: started.mac,
      row,
      serial,
      code,
      message,
      attempts,
      seconds,
    });
  }
  maker.release();
  if (isLost) shop.onEvent({ event: 'factory.lost', board, mac, row: started?.row });
  else reportFailure(shop, board, maker, error);
  return { outcome: isLost ? 'lost' : 'failed', error };
}

function reportFailure(
  shop: Workshop,
  board: string,
  maker: BoardMaker | undefined,
  { code, message, next }: PortalError,
): void {
  shop.onEvent({
    event: 'factory.failed',
    board,
    mac: maker?.mac,
    row: maker?.started?.row,
    code,
    message,
    next,
  });
}

/** The port is lost, or nothing is listed at its place. */
async function untilTakenOut(
  port: Port,
  { port: { place }, untilUnlisted, shop }: SlotOptions,
): Promise<void> {
  using gone = abortWhen((signal) => untilUnlisted(place, signal), shop.signal);
  try {
    for (;;) await ByteReader.of(port).read({ timeoutMs: READ_MS, signal: gone.signal });
  } catch (error) {
    shop.signal.throwIfAborted();
    const isGone = gone.isOver() || (error instanceof PortalError && error.code.startsWith('port-'));
    if (!isGone) throw error;
  }
}

/** A signal that aborts when something has happened, or another signal aborts. */
function abortWhen(
  happens: (signal: AbortSignal) => Promise<void>,
  outer: AbortSignal,
): Disposable & { readonly signal: AbortSignal; isOver(): boolean } {
  const over = new AbortController();
  const signal = AbortSignal.any([outer, over.signal]);
  let isOver = false;
  void happens(signal)
    .then(() => {
      isOver = true;
    })
    .catch(() => {}) // the outer signal
    .finally(() => over.abort());
  return { signal, isOver: () => isOver, [Symbol.dispose]: () => over.abort() };
}
