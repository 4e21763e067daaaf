// What operations report while they run: plain data for whoever shows it. Imports nothing.

/** The stages of the operations, in the words of the field. */
export type Step =
  | 'check-image'
  | 'enter-loader'
  | 'load-stub'
  | 'erase'
  | 'write'
  | 'verify'
  | 'restart'
  | 'enter-repl'
  | 'upload'
  | 'remove'
  | 'start-portal'
  | 'forget';

/** A stage has begun. */
interface StepEvent {
  readonly event: 'step';
  readonly step: Step;
}

/** Bytes of the current stage that are done, of how many. */
export interface BytesEvent {
  readonly event: 'bytes';
  readonly step: Step;
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What the ROM loader told about the board. */
export interface ChipEvent {
  readonly event: 'chip';
  /** As the ROM names it, e.g. `ESP8266EX`. */
  readonly chip: string;
  /** Six lower-case hex pairs with colons. */
  readonly mac: string;
  readonly flashSizeBytes: number;
}

/** What the firmware image says about itself. */
export interface ImageEvent {
  readonly event: 'image';
  readonly chip: string;
  /** MicroPython's version, e.g. `1.27.0`, when the image tells. */
  readonly version: string | undefined;
  readonly sizeBytes: number;
}

/** A file that is now on the board, whole. */
interface FileEvent {
  readonly event: 'file';
  readonly path: string;
  readonly sizeBytes: number;
}

/** What the flash held: nothing, a MicroPython whose files stay, or something else, which is erased. */
interface ContentsEvent {
  readonly event: 'contents';
  readonly contents: 'blank' | 'micropython' | 'other';
}

/** The MicroPython that answers, and what it can import. */
interface BoardEvent {
  readonly event: 'board';
  /** As `sys.platform` names it, e.g. `esp8266`. */
  readonly platform: string;
  readonly version: string;
  /** How modules are sent: as bytecode of a format, or as source. */
  readonly form: 'mpy6' | 'mpy5' | 'source';
  readonly freeHeapBytes: number;
  readonly freeSpaceBytes: number;
}

export type ProgressEvent =
  | StepEvent
  | BoardEvent
  | BytesEvent
  | ChipEvent
  | ContentsEvent
  | ImageEvent
  | FileEvent;

export type OnProgress = (event: ProgressEvent) => void;
