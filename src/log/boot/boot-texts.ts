// The table of texts that ROMs, bootloaders and panic handlers print, with their meaning. Pure; the log parser and every
// diagnosis read it.
// Texts as in boot logs of real boards, ESP-IDF's components/bootloader_support and components/esp_system/port.

/**
 * banner: the ROM's first line · start: the ROM reports reset cause and boot mode · download: the ROM waits for a flasher · loading: progress of the
 * boot · no-firmware, bad-flash, refused: the firmware cannot be started · brownout, crash: the firmware stopped
 */
export type BootTextKind =
  | 'banner'
  | 'start'
  | 'download'
  | 'loading'
  | 'no-firmware'
  | 'bad-flash'
  | 'refused'
  | 'brownout'
  | 'crash';

export interface BootText {
  /** Its first words. */
  readonly start: string;
  readonly kind: BootTextKind;
  /** The text from `start` on, where its first words are ambiguous. */
  readonly pattern?: RegExp;
  /**
   * Nothing else contains the text: it counts in the middle of a line too. A part of it that begins with a rare
   * character, because all lines are searched for it.
   */
  readonly anchor?: string;
  /** The ESP8266's ROM prints nothing after it. */
  readonly isLast?: true;
  readonly explanation?: string;
  readonly advice?: string;
}

export const ESP8266_START = /rst cause:(\d+), boot mode:\((\d+),\d+\)/;
export const ESP32_START = /^rst:0x([0-9a-f]+) \((\w+)\),boot:0x([0-9a-f]+)(?: ?\(([^\r\n]*)\))?/;

const FLASH_IT = 'Write MicroPython to the board: esp-portal flash';
const FLASH_FIRMWARE_AGAIN = 'Write it again: esp-portal flash';
const OTHER_REVISION =
  'Flash a release of the firmware that supports this chip revision (esp-portal flash --firmware …), or use a newer chip.';

const distinct = (kind: BootTextKind, start: string, pattern?: RegExp, anchor = start): BootText => ({
  kind,
  start,
  anchor,
  ...(pattern === undefined ? {} : { pattern }),
});

const STARTS: readonly BootText[] = [
  distinct('start', ' ets ', /^ ets [A-Z][a-z]{2} .\d \d{4},rst cause:\d/, 'boot mode:('),
  distinct('start', 'ets J', /^ets J(?:an|u[nl]) .\d \d{4},rst cause:\d/, 'boot mode:('),
  distinct('start', 'rst cause:', /^rst cause:\d+, boot mode:\(\d/, 'boot mode:('), // the reset corrupted the text before it
  distinct('start', 'rst:0x', ESP32_START, '),boot:0x'),
];

const BANNERS: readonly BootText[] = [
  { kind: 'banner', start: 'ets J', pattern: /^ets J(?:an|u[nl]) .\d \d{4}(?!,rst)/ },
  distinct('banner', 'ESP-ROM:', /^ESP-ROM:esp(?:32|8684)/, '-ROM:esp'),
];

const DOWNLOAD: readonly BootText[] = [
  'waiting for download',
  'wait uart0 download',
  'wait usb download',
].map((start) => ({
  kind: 'download' as const,
  start,
  explanation: 'the ROM loader waits for a flasher',
  advice: 'To start the firmware, release the BOOT button (GPIO0 high) and reset the board.',
}));

const LOADING: readonly BootText[] = [
  ...['load 0x', 'tail ', 'chksum 0x', 'ho 0 tail ', 'wdt reset', '2nd boot version'],
  ...['Attempting to boot anyway', 'Saved PC:', 'Core0 Saved PC:', 'Core1 Saved PC:'],
  ...['SPI Speed', 'SPI Mode', 'SPI mode:', 'SPI Flash Size', 'jump to run user', 'Build:', 'SPIWP:'],
  ...['configsip: ', 'clk_drv:', 'mode:DIO', 'mode:QIO', 'mode:DOUT', 'mode:QOUT', 'load:0x', 'entry 0x'],
].map((start): BootText => ({ kind: 'loading', start }));

const WRONG_HASH: BootText = {
  kind: 'loading',
  start: 'SHA-256 comparison failed:',
  explanation: 'the bootloader in flash does not match its SHA-256; the ROM starts it all the same',
  advice: 'If the board does not start, write the firmware again: esp-portal flash',
};

const END_OF_LOADING: readonly BootText[] = ['csum 0x', '~ld'].map((start) => ({
  kind: 'loading',
  start,
  isLast: true,
}));

const FAILURES: readonly BootText[] = [
  {
    kind: 'no-firmware',
    start: 'invalid header: 0x',
    explanation: 'the flash holds no firmware at the address from which the ROM starts it',
    advice: FLASH_IT,
  },
  {
    kind: 'no-firmware',
    start: 'Invalid image block, ',
    explanation: 'the ROM found no valid firmware to start',
    advice: FLASH_IT,
  },
  {
    kind: 'no-firmware',
    start: 'ets_main.c',
    isLast: true,
    explanation: 'the ROM found no firmware to start',
    advice: FLASH_IT,
  },
  {
    kind: 'bad-flash',
    start: 'ets_loader.c',
    explanation: 'the ROM cannot load the firmware: it is damaged, or was written with a wrong flash mode',
    advice: FLASH_FIRMWARE_AGAIN,
  },
  {
    kind: 'bad-flash',
    start: 'invalid segment length 0x',
    explanation: 'the firmware in flash is incomplete or damaged',
    advice: FLASH_FIRMWARE_AGAIN,
  },
  {
    kind: 'bad-flash',
    start: 'flash read err,',
    explanation:
      'the flash cannot be read: a wrong flash mode, bad contacts, or GPIO12 high at reset (ESP32)',
    advice: 'Disconnect everything from the flash pins and from GPIO12, then: esp-portal flash',
  },
  {
    kind: 'bad-flash',
    start: 'csum err',
    isLast: true,
    explanation: 'the firmware in flash is damaged, or was written with a wrong flash mode',
    advice: FLASH_FIRMWARE_AGAIN,
  },
  {
    kind: 'refused',
    start: 'rf_cal[',
    pattern: /^rf_cal\[\d+\] ?!= ?0x/,
    explanation: 'the radio calibration data in flash are missing or damaged',
    advice: 'Write it again: esp-portal flash --erase',
  },
  {
    kind: 'refused',
    start: 'E (',
    pattern: /^E \(\d+\) [\w.]+: .*(?:chip|efuse bl(?:oc)?k) rev(?:ision)?\b/i,
    explanation: 'the firmware does not support the revision of this chip',
    advice: OTHER_REVISION,
  },
  {
    kind: 'refused',
    start: 'E (',
    pattern: /^E \(\d+\) [\w.]+: ?Detected size ?\(\w+\) smaller than/,
    explanation: 'the flash is smaller than the image header says',
    advice: 'Flash an image for this flash size: esp-portal flash --erase detects the size.',
  },
  {
    kind: 'refused',
    start: 'E (',
    pattern: /^E \(\d+\) boot_comm: mismatch chip ID\b/,
    explanation: 'the firmware was built for another chip',
    advice: FLASH_FIRMWARE_AGAIN,
  },
  {
    kind: 'refused',
    start: 'E (',
    // It goes on with another partition after some errors.
    pattern:
      /^E \(\d+\) (?:boot(?:\.\w+)?|boot_comm|esp_image|flash_parts|bootloader_\w+|secure_boot\w*|flash_encrypt): (?!.*(?:falling back|will try))/,
    explanation: 'the second-stage bootloader cannot start the firmware',
    advice: FLASH_FIRMWARE_AGAIN,
  },
];

export const BROWNOUT_ADVICE = 'Use a better USB cable or supply: WiFi draws up to 0.5 A for short times.';

const BROWNOUT = /^(?:E BOD: |E \(\d+\) BOD: )?Brownout detector was triggered\s*$/;

const CRASHES: readonly BootText[] = [
  distinct('brownout', 'E BOD: ', BROWNOUT, 'Brownout detector was triggered'),
  distinct('brownout', 'E (', BROWNOUT, 'Brownout detector was triggered'),
  distinct('brownout', 'Brownout detector was triggered', BROWNOUT),
  distinct('crash', 'Fatal exception ', /^Fatal exception \(?(\d+)(?:\)|\(\w+\)):?\s*$/),
  { kind: 'crash', start: 'Exception (', pattern: /^Exception \((\d+)\):?\s*$/ },
  distinct('crash', 'Soft WDT reset', /^Soft WDT reset\s*$/),
  distinct('crash', 'NLR jump failed', /^NLR jump failed(?:, val=\S+)?\s*$/),
  distinct('crash', 'A fatal error occurred. The crash dump printed below'),
  distinct(
    'crash',
    'Guru Meditation Error',
    /^Guru Meditation Error(?:: Core\s+\d\s+panic'ed \(| of type \w+ occurred on core)/,
  ),
  distinct('crash', 'abort() was called at PC ', /^abort\(\) was called at PC 0x/, '() was called at PC '),
  distinct('crash', 'assert failed: ', /^assert failed: \S+ \S+:\d+/, 'failed: '),
  distinct('crash', 'ESP_ERROR_CHECK failed: esp_err_t '),
  distinct('crash', '***ERROR*** A stack overflow in task '),
  distinct('crash', 'CORRUPT HEAP: ', /^CORRUPT HEAP: (?:Bad|Invalid|Multiple|multi_heap)/),
];

/** In order: the first that fits a text decides. */
export const BOOT_TEXTS: readonly BootText[] = [
  ...BANNERS,
  ...STARTS,
  ...DOWNLOAD,
  ...FAILURES,
  ...CRASHES,
  ...LOADING,
  WRONG_HASH,
  ...END_OF_LOADING,
];

const DISTINCT = BOOT_TEXTS.filter(({ anchor }) => anchor !== undefined);
const ANCHORS = [...new Set(DISTINCT.flatMap(({ anchor }) => anchor ?? []))];

/** Whether a closer look is needed, at a line or at many. Not one expression: that is five times as slow. */
export function mayHoldBootText(text: string): boolean {
  return ANCHORS.some((anchor) => text.includes(anchor));
}

const BY_FIRST_CHARACTER = Array.from({ length: 128 }, (_, code) =>
  BOOT_TEXTS.filter(({ start }) => start.charCodeAt(0) === code),
);

/** What a line means that begins with a text of the table. */
export function readBootText(line: string): BootText | undefined {
  const texts = BY_FIRST_CHARACTER[line.charCodeAt(0)];
  if (texts === undefined || texts.length === 0) return undefined; // most lines
  return texts.find(({ start, pattern }) => line.startsWith(start) && (pattern?.test(line) ?? true));
}

/** No text is longer; a line without end must not be searched again from each of its places. */
const MAX_TEXT_LENGTH = 300;

/** Where in a line a distinct text begins, after a prompt or other output; 0 at the start of the line. */
export function findBootText(line: string): { at: number; text: BootText } | undefined {
  let first: { at: number; text: BootText } | undefined;
  for (const text of DISTINCT) {
    for (let at = line.indexOf(text.start); at >= 0; at = line.indexOf(text.start, at + 1)) {
      if (first !== undefined && at >= first.at) break;
      if (text.pattern?.test(withoutColours(line.slice(at, at + MAX_TEXT_LENGTH))) ?? true)
        first = { at, text };
    }
  }
  return first;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that set colours
const COLOURS = /\x1b\[[\d;]*m/g;

/** The line without the colours that ESP-IDF's log has. */
export function withoutColours(line: string): string {
  return line.includes('\x1b[') ? line.replace(COLOURS, '') : line;
}

export interface FoundBootText extends BootText {
  /** From its first words to the end of its line. */
  readonly line: string;
}

/** All texts of the table in what a board has printed, in order. */
export function bootTextsIn(output: string): FoundBootText[] {
  return output.split(/[\r\n]+/).flatMap((printed) => {
    const line = withoutColours(printed);
    const text = readBootText(line);
    if (text) return [{ ...text, line }];
    const found = findBootText(line);
    return found ? [{ ...found.text, line: line.slice(found.at) }] : [];
  });
}

/** How often the chip has started. */
export function countStarts(texts: readonly BootText[]): number {
  const count = (kind: BootTextKind) => texts.filter((text) => text.kind === kind).length;
  return Math.max(count('start'), count('banner'));
}
