// For people: progress is on stderr (a spinner on a terminal, plain lines elsewhere), the board's log and the
// outcome on stdout.

import { styleText } from 'node:util';
import type { ErrorCode } from '../../error-table.js';
import { PortalError } from '../../errors.js';
import type { BytesEvent, ChipEvent, ImageEvent, ProgressEvent, Step } from '../../progress.js';
import { StepLine } from '../terminal/step-line.js';
import { inOneLine, printable } from '../terminal/text.js';
import { cleanReporter } from './clean-report.js';
import { LogView, type Timestamp } from './log-view.js';
import type { Reporter } from './reporter.js';

interface HumanOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  quiet: boolean;
  verbose: boolean;
  timestamp?: Timestamp | undefined;
}

/** Errors whose message is the cause. */
const WITHOUT_CAUSE: ReadonlySet<ErrorCode> = new Set(['usage', 'interrupted']);

/** Opens the page for bugs from package.json. */
const WHERE_TO_REPORT = 'npm bugs esp-portal';

const STEPS: Readonly<Record<Step, string>> = {
  'find-firmware': 'Find the firmware',
  download: 'Download the firmware',
  'check-image': 'Check the firmware image',
  'enter-loader': 'Enter the ROM loader',
  'load-stub': 'Load the flasher stub',
  erase: 'Erase the flash',
  write: 'Write the firmware',
  verify: 'Verify by MD5',
  restart: 'Restart the board',
  'enter-repl': 'Enter the raw REPL',
  'check-space': 'Check the free space and memory',
  upload: 'Upload the portal',
  remove: 'Remove the portal',
  'start-portal': 'Start the portal',
  forget: 'Forget the network',
};

const CONTENTS = {
  same: 'holds this firmware already',
  blank: 'blank',
  micropython: 'holds MicroPython; its files are kept',
  'other-layout': 'has other partitions, or MicroPython with its files elsewhere',
  other: 'holds other data',
};

const FORMS = { mpy6: 'bytecode (.mpy 6)', mpy5: 'bytecode (.mpy 5)', source: 'source' };

export function humanReporter({ stdout, stderr, quiet, verbose, timestamp }: HumanOptions): Reporter {
  const steps = new ProgressView(new StepLine(stderr, quiet));
  const log = new LogView({ timestamp, stream: stdout, write: (text) => stdout.write(text) });
  const say = (line: string) => steps.around(() => stdout.write(`${line}\n`));
  const conclude = (lines: readonly string[]) => {
    log.settle();
    steps.finish(true);
    for (const line of lines) say(inOneLine(line));
  };
  const reporter: Reporter = {
    progress: (event) => steps.show(event),
    notice: ({ message }) => steps.around(() => quiet || stderr.write(`${inOneLine(message)}\n`)),
    log: (entry) => {
      // A line without end and the step's line would be one.
      if (!(entry.unfinished && steps.isShown)) steps.around(() => log.show(entry));
    },
    milestone: (lines) => conclude(quiet ? [] : lines),
    done: (_command, { lines, isListing }) => conclude(quiet && !isListing ? [] : lines),
    failed: (_command, { error, cause, next, report, reportFile, reportTrouble }) => {
      log.settle();
      steps.finish(false);
      const red = styleText('red', `Error: ${inOneLine(error.message)}`, { stream: stderr });
      stderr.write(`${red}\n`);
      if (error instanceof PortalError && error.boardOutput) stderr.write(`${indent(error.boardOutput)}\n`);
      const hidesCause = error instanceof PortalError && WITHOUT_CAUSE.has(error.code);
      if (cause && !hidesCause) stderr.write(`Likely cause: ${inOneLine(cause)}\n`);
      if (next) stderr.write(`Next: ${inOneLine(next)}\n`);
      if (report !== undefined) {
        stderr.write(
          `This is a bug in esp-portal. Please report it with the text below: ${WHERE_TO_REPORT}\n`,
        );
        stderr.write(`${indent(report)}\n`);
      } else if (verbose) {
        stderr.write(`${indent(error.stack ?? '')}\n`);
        for (let each = error.cause; each instanceof Error; each = each.cause) {
          stderr.write(`${indent(`Underneath: ${each.stack}`)}\n`);
        }
      }
      if (reportFile !== undefined)
        stderr.write(`A report for a bug report is in ${inOneLine(reportFile)}.\n`);
      if (reportTrouble !== undefined) stderr.write(`${inOneLine(reportTrouble)}\n`);
    },
  };
  // Text from boards, files and networks is escaped. The log view escapes its own lines.
  return { ...cleanReporter(reporter, printable), log: reporter.log };
}

/** Progress as the text of one line. */
class ProgressView {
  readonly #line: StepLine;
  #step: Step | undefined;
  #hasDetails = false;
  #bytes: BytesEvent | undefined;

  constructor(line: StepLine) {
    this.#line = line;
  }

  show(event: ProgressEvent): void {
    switch (event.event) {
      case 'step':
        this.finish(true);
        this.#step = event.step;
        this.#hasDetails = false;
        this.#bytes = undefined;
        this.#line.start(STEPS[event.step]);
        break;
      case 'bytes':
        this.#bytes = event;
        this.#line.text = `${STEPS[event.step]}  ${amount(event)}`;
        break;
      case 'board':
        this.#add(`MicroPython ${event.version} on ${event.platform}, takes ${FORMS[event.form]}`);
        break;
      case 'chip':
        this.#add(describeChip(event));
        break;
      case 'contents':
        this.#add(CONTENTS[event.contents]);
        break;
      case 'header-size':
        this.#add(describeHeaderSize(event.headerBytes, event.flashSizeBytes));
        break;
      case 'image':
        this.#add(describeImage(event));
        break;
      case 'download':
        this.#add(event.url);
        break;
      case 'other-build':
        this.finish(true);
        this.#line.say(
          `Warning: ${inOneLine(event.file)} is named for the build ${event.asked}, but contains ${event.running}.`,
        );
        break;
      case 'fallback':
        this.#add(event.reason);
        this.finish(false);
        this.#line.say(
          `Trying again ${event.setting === 'baud' ? `at ${event.value} baud` : `with flash mode ${event.value}`}.`,
        );
        break;
      case 'retry':
        this.#line.around(() =>
          this.#line.say(
            `${inOneLine(event.reason)} Trying again (attempt ${event.attempt} of ${event.attempts}).`,
          ),
        );
        break;
      case 'action':
        this.finish(true);
        this.#line.say('Press RESET on the board: it cannot be restarted from this computer.');
        break;
      case 'file':
        break; // shown with the bytes
    }
  }

  #add(text: string): void {
    this.#line.text += `${this.#hasDetails ? ', ' : '  '}${inOneLine(text)}`;
    this.#hasDetails = true;
  }

  finish(ok: boolean): void {
    if (this.#step === undefined) return;
    // The last bytes are not reported one by one.
    if (ok && this.#bytes) {
      const { totalBytes, doneBytes } = this.#bytes;
      const all = { ...this.#bytes, doneBytes: totalBytes ?? doneBytes, secondsLeft: undefined };
      this.#line.text = `${STEPS[this.#step]}  ${amount(all)}`;
    }
    this.#step = undefined;
    this.#line.finish(ok);
  }

  get isShown(): boolean {
    return this.#line.isShown;
  }

  /** Writes something else without tearing the line. */
  around(write: () => void): void {
    this.#line.around(write);
  }
}

function amount({ doneBytes, totalBytes, bytesPerSecond, secondsLeft }: BytesEvent): string {
  const size =
    totalBytes === undefined
      ? `${kilobytes(doneBytes)} KB`
      : `${Math.round((100 * doneBytes) / totalBytes)} %  ${kilobytes(doneBytes)} of ${kilobytes(totalBytes)} KB`;
  return `${size}  ${kilobytes(bytesPerSecond)} KB/s${secondsLeft ? `  ${timeLeft(secondsLeft)} left` : ''}`;
}

/** No estimate when the transfer has almost stopped. */
function timeLeft(seconds: number): string {
  if (seconds <= 120) return `${seconds} s`;
  return seconds <= 3600 ? `${Math.ceil(seconds / 60)} min` : 'more than 1 h';
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

function describeChip({ chip, mac, crystalMHz, flashSizeBytes }: ChipEvent): string {
  const flash = flashSizeBytes > 0 ? `${flashSizeBytes / (1024 * 1024)} MB flash` : 'flash of unknown size';
  return `${chip}, MAC ${mac}, ${crystalMHz} MHz crystal, ${flash}`;
}

function describeHeaderSize(headerBytes: number, flashSizeBytes: number): string {
  const all = `--flash-size ${megabytes(flashSizeBytes)}M uses all of it`;
  return `header for ${megabytes(headerBytes)} MB of flash${flashSizeBytes > headerBytes ? ` (${all})` : ''}`;
}

function megabytes(bytes: number): number {
  return bytes / (1024 * 1024);
}

function describeImage(image: ImageEvent): string {
  const { version = '(version unknown)', chip, sizeBytes, flashMode, filledPartitions: filled } = image;
  const program = image.isMicroPython ? `MicroPython ${version}` : 'Firmware other than MicroPython';
  const mode = flashMode === undefined ? '' : `, ${flashMode}`;
  const data = filled.length > 0 ? `, with contents for ${filled.join(', ')}` : '';
  return `${program} for ${chip}, ${kilobytes(sizeBytes)} KB${mode}${data}`;
}
