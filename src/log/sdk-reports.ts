// Reports of the SDK in several lines → one event: the task watchdog, and core dumps in base64.

import type { LineMeaning } from './events.js';
import { collect, type Group } from './group.js';
import { sdkAdvice } from './sdk-noise.js';

const TASK_WATCHDOG = /^E \(\d+\) task_wdt: (Task watchdog got triggered.*)/;
const TASK_WATCHDOG_LINES = /^(?:\s*$|E \(\d+\) task_wdt: |Backtrace:|\s*0x[0-9a-f]+:)/;

const CORE_DUMP = /^=+ CORE DUMP START =+$/;
const CORE_DUMP_END = /^=+ CORE DUMP END =+$/;
/** 64 KB in base64, 64 characters a line. */
const MAX_CORE_DUMP_LINES = 1400;

/** @returns what collects the lines that follow, when a report begins with this one */
export function startSdkReport(line: string): Group | undefined {
  if (line.charCodeAt(0) === 0x45) {
    const message = TASK_WATCHDOG.exec(line)?.[1];
    if (message === undefined) return undefined;
    const meaning: LineMeaning = { event: 'sdk.error', message: `task_wdt: ${message}`, ...sdkAdvice(line) };
    return collect(line, TASK_WATCHDOG_LINES, undefined, () => meaning);
  }
  if (line.charCodeAt(0) !== 0x3d || !CORE_DUMP.test(line)) return undefined;
  const meaning: LineMeaning = {
    event: 'crash.dump',
    explanation: 'a core dump, which idf.py coredump-info reads with the ELF file of the firmware',
  };
  return collect(line, /^[A-Za-z0-9+/=\s]*$/, CORE_DUMP_END, () => meaning, MAX_CORE_DUMP_LINES);
}
