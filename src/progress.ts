// Progress events of operations: plain data. Imports nothing.

/** The stages of the operations, in the words of the field. */
export type Step =
  | 'find-firmware'
  | 'download'
  | 'check-image'
  | 'enter-loader'
  | 'load-stub'
  | 'erase'
  | 'write'
  | 'verify'
  | 'restart'
  | 'enter-repl'
  | 'check-space'
  | 'upload'
  | 'remove'
  | 'start-portal'
  | 'forget'
  | 'scan-networks'
  | 'join-network'
  | 'store-network'
  | 'store-settings'
  | 'read-networks'
  | 'list-files'
  | 'read-files'
  | 'write-files'
  | 'remove-files'
  | 'read-flash'
  | 'compare-flash'
  | 'write-flash';

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
  /** `undefined` if a server does not send it. */
  readonly totalBytes: number | undefined;
  /** On average since the stage began. */
  readonly bytesPerSecond: number;
  /** `undefined` while nothing has moved. */
  readonly secondsLeft: number | undefined;
}

/** Facts about the board from the ROM loader. */
export interface ChipEvent {
  readonly event: 'chip';
  /** As the ROM names it, e.g. `ESP8266EX`. */
  readonly chip: string;
  /** As Espressif writes it, e.g. `v3.1`; an ESP8266 does not report it. */
  readonly revision: string | undefined;
  /** Six lower-case hex pairs with colons. */
  readonly mac: string;
  readonly crystalMHz: number;
  /** 0 if the flash chip does not report it. */
  readonly flashSizeBytes: number;
}

/** Facts from the firmware image. */
export interface ImageEvent {
  readonly event: 'image';
  readonly chip: string;
  /** MicroPython's version, e.g. `1.27.0`, if the image has it. */
  readonly version: string | undefined;
  readonly sizeBytes: number;
  readonly flashMode: string | undefined;
  readonly isMicroPython: boolean;
  /** Data partitions with contents in the image, such as `nvs`. */
  readonly filledPartitions: readonly string[];
  /** The files of a board follow, as `image` writes them. */
  readonly hasFiles: boolean;
}

/** A file comes from the network; its bytes follow. */
interface DownloadEvent {
  readonly event: 'download';
  readonly url: string;
}

/** A file that is now on the board, whole. */
interface FileEvent {
  readonly event: 'file';
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * What the flash held: this image, nothing (or the beginning of this image), a MicroPython whose files stay, one
 * whose files are elsewhere than the new one's or other partitions, or something else.
 */
interface ContentsEvent {
  readonly event: 'contents';
  readonly contents: 'same' | 'blank' | 'micropython' | 'other-layout' | 'other';
}

/** The image's header is written for another size than the flash has. */
interface HeaderSizeEvent {
  readonly event: 'header-size';
  readonly headerBytes: number;
  readonly flashSizeBytes: number;
}

/** Builds of the same release for hardware that a chip does not report: the user may have to name one. */
interface OtherBuildsEvent {
  readonly event: 'other-builds';
  /** File names, as `--firmware` takes them. */
  readonly files: readonly string[];
  /** What a board needs them for. */
  readonly hardware: string;
}

/** The board reports another build than the name of the file promises: board and variant. */
interface OtherBuildEvent {
  readonly event: 'other-build';
  readonly file: string;
  readonly asked: string;
  readonly running: string;
}

/** Something did not work and is tried again in another way. */
interface FallbackEvent {
  readonly event: 'fallback';
  readonly setting: 'baud' | 'flash-mode';
  /** What is tried next: bits a second, or a flash mode. */
  readonly value: number | string;
  /** What happened, one sentence. */
  readonly reason: string;
}

/** An attempt of the current stage failed; the same is tried again. */
interface RetryEvent {
  readonly event: 'retry';
  readonly step: Step;
  /** What happened, one sentence. */
  readonly reason: string;
  /** The attempt that comes next, of how many. */
  readonly attempt: number;
  readonly attempts: number;
}

/** The user has to do something before the operation continues. */
interface ActionEvent {
  readonly event: 'action';
  readonly action: 'press-reset';
}

/** The MicroPython on the board, and the forms of modules that it imports. */
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

/** A folder is watched; what changes in it is sent. */
interface WatchingEvent {
  readonly event: 'watching';
  readonly folder: string;
  /** Why it is looked through every second instead. */
  readonly pollsBecause?: string | undefined;
}

/** Changes that were sent, and how the program was started again. */
export interface SentEvent {
  readonly event: 'sent';
  /** Paths on the board. */
  readonly sent: readonly string[];
  readonly removed: readonly string[];
  readonly bytes: number;
  /** On the line, after compression. */
  readonly sentBytes: number;
  /** From the first change to the restart. */
  readonly milliseconds: number;
  /** `app`: the board stayed on its network and imports the program; `soft`: MicroPython starts again; `hard`: the chip. */
  readonly restart: 'app' | 'soft' | 'hard';
}

/** What keeps a change from being sent, until the next one. */
export interface ProblemEvent {
  readonly event: 'problem';
  readonly message: string;
  /** On this computer. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** That line of the file. */
  readonly source?: string | undefined;
}

export type ProgressEvent =
  | ProblemEvent
  | SentEvent
  | WatchingEvent
  | StepEvent
  | ActionEvent
  | BoardEvent
  | BytesEvent
  | ChipEvent
  | ContentsEvent
  | DownloadEvent
  | FallbackEvent
  | HeaderSizeEvent
  | OtherBuildEvent
  | OtherBuildsEvent
  | ImageEvent
  | FileEvent
  | RetryEvent;

export type OnProgress = (event: ProgressEvent) => void;

/** What every operation that takes long has. */
export interface OperationOptions {
  /** Ends it; the board is given back as the operation describes. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: OnProgress | undefined;
}

interface Progress {
  readonly step: Step;
  readonly doneBytes: number;
  readonly totalBytes: number | undefined;
  /** Since the stage began. */
  readonly elapsedMs: number;
  /** Part of `doneBytes` from an earlier run, which does not count for the speed. */
  readonly earlierBytes?: number;
}

/** How far a stage is, how fast, and how long it will still take. */
export function bytesEvent({
  step,
  doneBytes,
  totalBytes,
  elapsedMs,
  earlierBytes = 0,
}: Progress): BytesEvent {
  const bytesPerSecond = (1000 * (doneBytes - earlierBytes)) / Math.max(elapsedMs, 1);
  const leftBytes = totalBytes === undefined ? Number.NaN : totalBytes - doneBytes;
  const isKnown = leftBytes === 0 || (leftBytes > 0 && bytesPerSecond > 0);
  return {
    event: 'bytes',
    step,
    doneBytes,
    totalBytes,
    bytesPerSecond: Math.round(bytesPerSecond),
    secondsLeft: isKnown ? Math.ceil(leftBytes / Math.max(bytesPerSecond, 1)) : undefined,
  };
}
