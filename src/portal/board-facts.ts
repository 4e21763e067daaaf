// What a plan has to know of a board: firmware, memory, space, and which files are there. Types only.

import type { Inflater } from '../board-scripts/python-source.js';
import type { ManifestEntry } from './manifest.js';

/** A file of ours as it is now. */
export type FileState = 'same' | 'changed' | 'missing';

export interface InstalledFile extends ManifestEntry {
  readonly state: FileState;
}

export interface BoardFacts {
  /** `sys.platform`, e.g. `esp8266`. */
  readonly platform: string;
  /** MicroPython's, e.g. `1.27.0`. */
  readonly version: string;
  /** `sys.implementation._mpy`, 0 where there is none. */
  readonly mpy: number;
  readonly freeHeapBytes: number;
  readonly freeSpaceBytes: number;
  /** Files take whole blocks of this size. */
  readonly blockBytes: number;
  readonly inflater: Inflater;
  /** Whether `sys.stdin.buffer` takes binary data. */
  readonly takesBinary: boolean;
  /** What the manifest on the board lists. */
  readonly installed: readonly InstalledFile[];
  /** What else lies in the root folder, and, as `lib/name`, in the folders that were asked about or hold files of ours. */
  readonly otherNames: readonly string[];
  /** Those among all these names that are folders. */
  readonly folders: readonly string[];
  /** An installation was cut before it was committed. */
  readonly hasStaged: boolean;
  /** Short hash of the manifest's text, '' where there is none. */
  readonly manifestHash: string;
  /** An installation was cut after the point from which it is completed. */
  readonly isCommitting: boolean;
  /** main.py, whoever wrote it, makes a CaptivePortal: see startsPortal. */
  readonly mainStartsPortal: boolean;
  /** The receiver came along with the question: the board has it already. */
  readonly hasReceiver: boolean;
}
