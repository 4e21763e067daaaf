// Ctrl-C, and what ends a process whose terminal is closed or whose computer shuts down, as one orderly interruption.

import { closeSync } from 'node:fs';

const WORDS = {
  SIGINT: 'by Ctrl-C (SIGINT)',
  SIGTERM: 'by SIGTERM',
  SIGHUP: 'by SIGHUP (its terminal was closed)',
} as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C may come as several signals: the terminal sends one to each process of a group, and npx passes on its own.
 * A later signal ends the process at once.
 */
const SAME_INTERRUPTION_MS = 1000;

/** Node aborts at its end when it cannot reset a terminal that is gone, but leaves closed files alone. */
function closeTerminal(): void {
  for (const file of [0, 1, 2]) {
    try {
      closeSync(file);
    } catch {
      // it was closed before
    }
  }
}

export type InterruptSignal = keyof typeof WORDS;

type OnInterrupted = (words: string, signal: InterruptSignal) => void;

let first: { readonly signal: InterruptSignal; readonly at: number } | undefined;
let onInterrupted: OnInterrupted | undefined;

/** From now on the first signal is kept for listenToSignals. */
export function holdSignals(): void {
  for (const signal of SIGNALS) process.on(signal, onSignal);
  // With nothing left to do, Node.js takes the handlers off some milliseconds before the process is gone; exit() does not.
  process.once('beforeExit', () => process.exit());
}

/**
 * Listens until the process ends: what comes after the result does not change the status. The first signal is reported to
 * the command, be it one that came earlier; one that comes more than a second later ends the process at once, as in a
 * process without handlers.
 * @param listener gets words for a sentence such as `install was interrupted by SIGTERM.`, and the signal
 */
export function listenToSignals(listener: OnInterrupted): void {
  onInterrupted = listener;
  if (first) listener(WORDS[first.signal], first.signal);
}

/** Without a listener, a signal has its default effect. */
export function releaseSignals(): void {
  if (onInterrupted) return;
  endBy(first?.signal);
}

function onSignal(name: NodeJS.Signals): void {
  const signal = name as InterruptSignal;
  const at = performance.now();
  if (first === undefined) {
    first = { signal, at };
    if (signal === 'SIGHUP') process.once('exit', closeTerminal);
    onInterrupted?.(WORDS[signal], signal);
  } else if (at - first.at > SAME_INTERRUPTION_MS) {
    endBy(signal);
  }
}

function endBy(signal: NodeJS.Signals | undefined): void {
  for (const each of SIGNALS) process.off(each, onSignal);
  if (signal !== undefined) process.kill(process.pid, signal);
}
