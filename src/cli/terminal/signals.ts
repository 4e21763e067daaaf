// Ctrl-C, and what ends a process whose terminal is closed or whose computer shuts down, as one orderly interruption.

import { closeSync } from 'node:fs';
import type { Host } from '../host.js';

const WORDS = {
  SIGINT: 'by Ctrl-C',
  SIGTERM: 'by SIGTERM',
  SIGHUP: 'because its terminal was closed',
} as const;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One Ctrl-C may come as several signals: the terminal sends one to each process of a group, and npx passes on its own.
 * What comes later is a person who does not want to wait.
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

/**
 * Listens until the process ends: what comes after the result does not change the status. The first signal is reported to
 * the command; one that comes more than a second later ends the process at once, as in a process without handlers.
 * @param onInterrupted gets words for a sentence such as `install was interrupted by Ctrl-C.`
 */
export function listenToSignals(host: Host, onInterrupted: (words: string) => void): void {
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      if (signal === 'SIGHUP') host.once('exit', closeTerminal);
      onInterrupted(WORDS[signal as keyof typeof WORDS]);
    } else if (now - firstAt > SAME_INTERRUPTION_MS) {
      for (const each of SIGNALS) host.off(each, onSignal);
      host.kill(host.pid, signal);
    }
  };
  for (const signal of SIGNALS) host.on(signal, onSignal);
}
