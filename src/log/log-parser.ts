// A board's bytes → events, one after the other. The same bytes give the same events, however they are cut.

import { romChip } from './boot/boot-lines.js';
import { isNoise, isPlain, splitNoise } from './boot/boot-noise.js';
import { findBootText, mayHoldBootText, withoutColours } from './boot/boot-texts.js';
import { startCrash } from './crash/crash-dump.js';
import {
  bareMemoryError,
  mayEndWithTraceback,
  startTraceback,
  TRACEBACK_START,
  tracebackStart,
} from './crash/traceback.js';
import type { LineMeaning, LogEntry } from './events.js';
import type { Group } from './group.js';
import { LineSplitter, MAX_LINE_BYTES, withoutTrailingReturns } from './line-splitter.js';
import { parseLine } from './parse-line.js';
import { CONTEXT_LENGTH, FORMS_ONLY, MASK, type Redactor } from './redaction/redactor.js';
import { cutEtsTask, mayHoldEtsTask, withoutNoiseBeginning } from './sdk-noise.js';
import { startSdkReport } from './sdk-reports.js';

const SDK_NOISE: LineMeaning = { event: 'sdk.noise' };
const LINE: LineMeaning = { event: 'line' };
const BOOT_NOISE: LineMeaning = {
  event: 'boot.noise',
  explanation: 'boot output at another baud rate; --boot-baud makes an ESP8266 readable',
};

const CARRIAGE_RETURN = 0x0d;

export interface LogParserOptions {
  /** The port's name, which every entry carries. */
  board: string;
  /** Leave passwords as the board printed them. */
  showSecrets?: boolean | undefined;
  /** Masks them, and the secrets of this run that it was given. */
  redactor?: Redactor | undefined;
}

/** Feed it bytes as they come; it keeps the beginning of a line and of an event of several lines. */
export class LogParser {
  readonly #board: string;
  readonly #showSecrets: boolean;
  readonly #redactor: Redactor;
  readonly #lines = new LineSplitter({
    lines: (block) => this.#onBlock(block),
    piece: (text) => this.#onLine(text, false),
  });
  #entries: LogEntry[] = [];
  #timeMs = 0;
  /** Start of a line that a message of the SDK interrupted; the rest is on the next line. */
  #interrupted: string | undefined;
  /** Of a line longer than the limit: whether its secret continues, and its last characters. */
  #secretGoesOn = false;
  #cutTail = '';
  #group: Group | undefined;
  /** As the ROM has named it. */
  #chip: string | undefined;

  constructor({ board, showSecrets = false, redactor = FORMS_ONLY }: LogParserOptions) {
    this.#board = board;
    this.#showSecrets = showSecrets;
    this.#redactor = redactor;
  }

  /**
   * @param timeMs when the bytes arrived, in milliseconds since 1970
   * @returns the events that ended with these bytes
   */
  push(bytes: Uint8Array, timeMs: number): LogEntry[] {
    this.#timeMs = timeMs;
    this.#lines.push(bytes);
    return this.#take();
  }

  /** The line that has not ended, as far as it has come; it is kept. */
  unfinished(timeMs: number): LogEntry | undefined {
    let text = withoutNoiseBeginning(withoutOverwritten(this.#lines.rest));
    for (let cut = cutEtsTask(text); cut !== undefined; cut = cutEtsTask(text)) text = cut.before + cut.after;
    const raw = this.#masked((this.#interrupted ?? '') + text, false);
    if (raw === '' || isNoise(raw)) return undefined;
    return { event: 'line', raw, timeMs, board: this.#board, unfinished: true };
  }

  /** Whether an event of several lines has begun and not ended. */
  get isInGroup(): boolean {
    return this.#group !== undefined;
  }

  /** Takes an event of several lines for complete, because nothing more has come for a while. */
  endGroup(timeMs: number): LogEntry[] {
    this.#timeMs = timeMs;
    this.#closeGroup();
    return this.#take();
  }

  /** Nothing more will come: what is left, the line that never ended included. */
  end(timeMs: number): LogEntry[] {
    this.#timeMs = timeMs;
    const rest = withoutTrailingReturns(this.#lines.takeRest());
    if (rest !== '' || this.#interrupted !== undefined) this.#onLine(rest, true);
    this.#flushInterrupted();
    this.#closeGroup();
    return this.#take();
  }

  #take(): LogEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }

  #onBlock(block: string): void {
    // Nearly all lines are ordinary, which is found out for many of them at a time.
    const plain = isPlain(block);
    const noisy = mayHoldEtsTask(block);
    const secret = !this.#showSecrets && this.#redactor.mayHold(block);
    const traceback = mayEndWithTraceback(block);
    const bootText = mayHoldBootText(block);
    for (let start = 0, end = block.indexOf('\n'); end >= 0; end = block.indexOf('\n', start)) {
      const line = block.slice(start, withoutReturns(block, start, end));
      start = end + 1;
      const isOrdinary =
        plain &&
        this.#interrupted === undefined && // no earlier line continues
        this.#cutTail === '' &&
        !(noisy && mayHoldEtsTask(line)) &&
        !(secret && this.#redactor.mayHold(line));
      const isGlued = (traceback && mayEndWithTraceback(line)) || (bootText && mayHoldBootText(line));
      if (isOrdinary && !isGlued) this.#understand(line, true);
      else this.#onLine(line, true);
    }
  }

  #onLine(printed: string, isWhole: boolean): void {
    let text = printed;
    for (let cut = cutEtsTask(text); cut !== undefined; cut = cutEtsTask(text)) {
      this.#emit(SDK_NOISE, cut.noise);
      if (cut.after === '') {
        // The line end is the SDK's: the text before it continues on the next line.
        if (cut.before !== '') this.#interrupt(withoutTrailingReturns(cut.before));
        return;
      }
      text = cut.before + cut.after;
    }
    if (this.#interrupted !== undefined) text = this.#join(this.#interrupted, text);
    this.#onText(text, isWhole);
  }

  #interrupt(before: string): void {
    this.#interrupted = (this.#interrupted ?? '') + before;
    if (this.#interrupted.length > MAX_LINE_BYTES) this.#flushInterrupted();
  }

  /** @returns the interrupted line; a complete line is not part of it */
  #join(before: string, after: string): string {
    this.#interrupted = undefined;
    const joined = before + after;
    const isOneLine =
      this.#redactor.maskLine(before, { isWhole: false }).isOpen ||
      !isUnderstood(after) ||
      (isUnderstood(joined) && !isUnderstood(before));
    if (isOneLine) return joined;
    this.#onText(before, true);
    return after;
  }

  #flushInterrupted(): void {
    const text = this.#interrupted;
    this.#interrupted = undefined;
    if (text !== undefined) this.#onText(text, true);
  }

  /** A known text after a prompt, or in a line that a crash or reset cut off, starts a new line. */
  #onText(text: string, isWhole: boolean): void {
    const at = isWhole && mayBeGlued(text) ? gluedStart(text) : 0;
    if (at > 0) this.#onPart(text.slice(0, at), true);
    this.#onPart(text.slice(at), isWhole);
  }

  #onPart(text: string, isWhole: boolean): void {
    const masked = this.#masked(text, isWhole);
    if (isWhole) {
      this.#secretGoesOn = false;
      this.#cutTail = '';
    } else {
      this.#secretGoesOn ||= this.#redactor.maskLine(this.#cutTail + text, { isWhole: false }).isOpen;
      this.#cutTail = text.slice(-CONTEXT_LENGTH);
    }
    if (isPlain(masked)) {
      this.#understand(masked, true);
      return;
    }
    const { noise, text: readable } = splitNoise(masked, isUnderstood);
    if (noise !== '') {
      this.#closeGroup();
      this.#emit(BOOT_NOISE, noise);
      if (readable === '') return;
    }
    this.#understand(readable, false);
  }

  #masked(text: string, isWhole: boolean): string {
    if (this.#showSecrets) return text;
    if (this.#secretGoesOn) return MASK;
    return this.#redactor.maskLine(this.#cutTail + text, { isWhole, shown: this.#cutTail.length }).text;
  }

  #understand(line: string, plain: boolean): void {
    const text = plain ? line : withoutColours(line);
    if (this.#group !== undefined) {
      const taken = this.#group.take(text);
      if (taken.kind === 'taken') return;
      if (taken.kind === 'complete') {
        const { lines } = this.#group;
        this.#group = undefined;
        this.#emit(taken.meaning, lines.join('\n'));
        return;
      }
      this.#closeGroup();
    }
    this.#group = startTraceback(text) ?? startSdkReport(text) ?? startCrash(text);
    if (this.#group === undefined)
      this.#emitLine(bareMemoryError(text) ?? parseLine(text, plain), line, text);
  }

  #emitLine(meaning: LineMeaning, line: string, text: string): void {
    if (meaning.event === 'boot.loading') this.#chip = romChip(text) ?? this.#chip;
    const isRomLine = meaning.event === 'boot.rom' && meaning.chip !== 'esp8266';
    this.#emit(isRomLine ? { ...meaning, chip: this.#chip ?? meaning.chip } : meaning, line);
  }

  #closeGroup(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#group = undefined;
    const meaning = group.end();
    if (meaning !== undefined) this.#emit(meaning, group.lines.join('\n'));
    else for (const line of group.lines) this.#emit(LINE, line);
  }

  #emit(meaning: LineMeaning, raw: string): void {
    // In this order: an object that begins with a spread takes V8 fifty times as long.
    this.#entries.push({ raw, timeMs: this.#timeMs, board: this.#board, ...meaning });
  }
}

/** Of a counter that returns to the start of its line, the last text is shown. */
function withoutOverwritten(text: string): string {
  const shown = withoutTrailingReturns(text);
  return shown.slice(shown.lastIndexOf('\r') + 1);
}

function mayBeGlued(text: string): boolean {
  return mayEndWithTraceback(text) || mayHoldBootText(text);
}

/** Where in a line a new line begins; 0 if none does. */
function gluedStart(line: string): number {
  const found = findBootText(line);
  if (found === undefined) return tracebackStart(line);
  const before = withoutColours(line.slice(0, found.at));
  // A few characters that the reset has damaged belong to the ROM's line.
  const isRomLine = found.text.kind === 'start' && !/[!-~]/.test(before);
  return before === '' || isRomLine ? 0 : found.at;
}

function isUnderstood(text: string): boolean {
  return (
    text === TRACEBACK_START || parseLine(text, false).event !== 'line' || startCrash(text) !== undefined
  );
}

function withoutReturns(block: string, start: number, lineEnd: number): number {
  let end = lineEnd;
  while (end > start && block.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
  return end;
}
