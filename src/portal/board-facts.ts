// Facts about a board for a plan: firmware, memory, space and files. Types only.

import type { Inflater } from '../board-scripts/python-source.js';
import type { ManifestEntry } from './manifest.js';

/** State of an installed file. */
export type FileState = 'same' | 'changed' | 'missing';

export interface InstalledFile extends ManifestEntry {
  readonly state: FileState;
}

export interface BoardFacts {
  /** `sys.platform`, e.g. `esp8266`. */
  readonly platform: string;
  /** MicroPython's, e.g. `1.27.0`. */
  readonly version: string;
  /** `sys.implementation._mpy`, 0 if missing. */
  readonly mpy: number;
  readonly freeHeapBytes: number;
  readonly freeSpaceBytes: number;
  /** Files take whole blocks of this size. */
  readonly blockBytes: number;
  readonly inflater: Inflater;
  /** Whether `sys.stdin.buffer` takes binary data. */
  readonly takesBinary: boolean;
  /** `os.uname().machine` of a MicroPython that has no `network.WLAN`, else ''. */
  readonly machineWithoutWifi: string;
  /** What the manifest on the board lists. */
  readonly installed: readonly InstalledFile[];
  /** Other names in the root folder and, as `lib/name`, in the requested folders and those of the portal. */
  readonly otherNames: readonly string[];
  /** Those among all these names that are folders. */
  readonly folders: readonly string[];
  /** An installation was cut before it was committed. */
  readonly hasStaged: boolean;
  /** Short hash of the manifest's text, '' without one. */
  readonly manifestHash: string;
  /** An installation was cut after the point from which it is completed. */
  readonly isCommitting: boolean;
  /** Whether main.py, from any source, creates a CaptivePortal: see startsPortal. */
  readonly mainStartsPortal: boolean;
  /** The receiver came along with the question: the board has it already. */
  readonly hasReceiver: boolean;
}
