// Progress for people: each step as the text of one line.

import type { BytesEvent, ChipEvent, ImageEvent, ProgressEvent, Step } from '../../progress.js';
import type { StepLine } from '../terminal/step-line.js';
import { inOneLine } from '../terminal/text.js';
import { describeDev } from './dev-lines.js';

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
  'scan-networks': 'Scan for networks',
  'join-network': 'Join the network',
  'store-network': 'Store the network',
  'store-settings': 'Store the settings',
  'read-networks': 'Read the stored networks',
  'list-files': 'List the files',
  'read-files': 'Read the files',
  'write-files': 'Write the files',
  'remove-files': 'Remove the files',
  'read-flash': 'Read the flash',
  'compare-flash': 'Compare the flash with the backup',
  'write-flash': 'Write the flash',
};

const CONTENTS = {
  same: 'holds this firmware already',
  blank: 'blank',
  micropython: 'holds MicroPython; its files are kept',
  'other-layout': 'has other partitions, or MicroPython with its files elsewhere',
  other: 'holds other data',
};

const FORMS = { mpy6: 'bytecode (.mpy 6)', mpy5: 'bytecode (.mpy 5)', source: 'source' };

/** Where the text is shown. */
export type StepDisplay = Pick<StepLine, 'start' | 'text' | 'finish' | 'say' | 'isShown' | 'around'>;

/** Progress as the text of one line. */
export class ProgressView {
  readonly #line: StepDisplay;
  readonly #link: (text: string, file: string) => string;
  #step: Step | undefined;
  #hasDetails = false;
  #bytes: BytesEvent | undefined;

  /** @param link makes a file of this computer a link of the terminal */
  constructor(line: StepDisplay, link: (text: string, file: string) => string = (text) => text) {
    this.#line = line;
    this.#link = link;
  }

  show(event: ProgressEvent): void {
    switch (event.event) {
      case 'step':
        this.#start(event.step);
        break;
      case 'bytes':
        this.#bytes = event;
        this.#line.text = `${STEPS[event.step]}  ${amount(event)}`;
        break;
      case 'other-build':
        this.finish(true);
        this.#line.say(
          `Warning: ${inOneLine(event.file)} is named for the build ${event.asked}, but contains ${event.running}.`,
        );
        break;
      case 'other-builds':
        this.finish(true);
        this.#line.say(
          `If the board has ${event.hardware}, name its build with --firmware: ${event.files.join(' or ')}`,
        );
        break;
      case 'fallback':
        this.#fallBack(event);
        break;
      case 'retry':
        this.#retry(event);
        break;
      case 'action':
        this.finish(true);
        this.#line.say('Press RESET on the board: it cannot be restarted from this computer.');
        break;
      case 'watching':
      case 'sent':
      case 'problem':
        this.finish(true);
        for (const line of describeDev(event, this.#link)) this.#line.around(() => this.#line.say(line));
        break;
      case 'file':
        break; // shown with the bytes
      default:
        this.#add(describeDetail(event));
    }
  }

  #start(step: Step): void {
    this.finish(true);
    this.#step = step;
    this.#hasDetails = false;
    this.#bytes = undefined;
    this.#line.start(STEPS[step]);
  }

  #fallBack({ reason, setting, value }: Extract<ProgressEvent, { event: 'fallback' }>): void {
    this.#add(reason);
    this.finish(false);
    this.#line.say(`Trying again ${setting === 'baud' ? `at ${value} baud` : `with flash mode ${value}`}.`);
  }

  #retry({ reason, attempt, attempts }: Extract<ProgressEvent, { event: 'retry' }>): void {
    const text = `${inOneLine(reason)} Trying again (attempt ${attempt} of ${attempts}).`;
    this.#line.around(() => this.#line.say(text));
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

type DetailEvent = Extract<
  ProgressEvent,
  { event: 'board' | 'chip' | 'contents' | 'header-size' | 'image' | 'download' }
>;

function describeDetail(event: DetailEvent): string {
  switch (event.event) {
    case 'board':
      return `MicroPython ${event.version} on ${event.platform}, takes ${FORMS[event.form]}`;
    case 'chip':
      return describeChip(event);
    case 'contents':
      return CONTENTS[event.contents];
    case 'header-size':
      return describeHeaderSize(event.headerBytes, event.flashSizeBytes);
    case 'image':
      return describeImage(event);
    case 'download':
      return event.url;
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

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

function describeChip({ chip, mac, crystalMHz, flashSizeBytes }: ChipEvent): string {
  const flash = flashSizeBytes > 0 ? `${megabytes(flashSizeBytes)} MB flash` : 'flash of unknown size';
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
  const files = image.hasFiles ? ', followed by files for the board' : '';
  return `${program} for ${chip}, ${kilobytes(sizeBytes)} KB${mode}${data}${files}`;
}
