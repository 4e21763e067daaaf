// The one error class of this package and the table of its codes. Imports nothing.

export interface ErrorFacts {
  /** Process exit status: 3 port, 4 board silent, 5 firmware, 6 transfer, 7 board's own error, 8 time, 130 interrupted. */
  readonly exitStatus: 2 | 3 | 4 | 5 | 6 | 7 | 8 | 130;
  /** What people see, with names and figures of a case. */
  readonly sees: string;
  /** The most likely cause, one sentence. */
  readonly cause: string;
  /** Others, the likelier first. */
  readonly otherCauses?: readonly string[];
  /** What to do or type next; `PORT` in `--port PORT` stands for the port that was used. */
  readonly next: string;
}

/** Codes are API: scripts match on them. Wording is not. */
export const ERROR_TABLE = {
  usage: {
    exitStatus: 2,
    sees: 'There is no option --prot. Did you mean --port?',
    cause: 'An option or its value is not understood.',
    otherCauses: ['A settings file or an environment variable holds an invalid value; the message names it.'],
    next: 'esp-portal --help',
  },
  'port-none': {
    exitStatus: 3,
    sees: 'No board was found on any USB port.',
    cause: 'No board is plugged in, its driver is missing, or the cable only carries power.',
    otherCauses: ['The system is a container or WSL, into which the device was not passed.'],
    next: 'Plug the board in with a data cable, or try without one: esp-portal setup --port virtual:',
  },
  'port-ambiguous': {
    exitStatus: 3,
    sees: 'There are 2 boards: /dev/ttyUSB0 (CH340), /dev/ttyUSB1 (CP210x).',
    cause: 'Several boards are plugged in.',
    next: 'Name one of them with --port.',
  },
  'port-not-found': {
    exitStatus: 3,
    sees: 'There is no port /dev/ttyUSB7.',
    cause: 'The board was unplugged, or the name is misspelt.',
    otherCauses: [
      'The adapter got a new path when it was plugged back in; `id:SERIAL` addresses it by USB serial number.',
    ],
    next: 'esp-portal --help lists the forms a port can take; without --port the one plugged-in board is used.',
  },
  'port-unreachable': {
    exitStatus: 3,
    sees: 'Nothing is listening at rfc2217://127.0.0.1:2217.',
    cause: 'The program that serves the port there (ser2net, esp-portal simulate) does not run.',
    otherCauses: ['Host or port number are wrong, or a firewall is in between.'],
    next: 'Start that program and run the same command again.',
  },
  'port-busy': {
    exitStatus: 3,
    sees: '/dev/ttyUSB0 is in use by another program: picocom (process 4711).',
    cause: 'Another program has the port open: a serial monitor, an editor, or another esp-portal.',
    otherCauses: [
      'ModemManager is trying out a port that has just appeared; it closes the port after some seconds.',
    ],
    next: 'Close that program and run the same command again.',
  },
  'port-denied': {
    exitStatus: 3,
    sees: 'No permission to open /dev/ttyUSB0.',
    cause: 'Your user may not open serial ports.',
    otherCauses: ['You were just added to the group: log out and back in for it to take effect.'],
    next: 'On Linux: sudo usermod -aG dialout "$USER", then log out and in again.',
  },
  'port-lost': {
    exitStatus: 3,
    sees: '/dev/ttyUSB0 was disconnected. No file on the board was changed.',
    cause: 'The cable was pulled, or the USB adapter reset.',
    otherCauses: [
      'The board draws more current than its USB port gives.',
      'The other end of a network port has closed it.',
    ],
    next: 'Plug the board in again and run the same command: it starts over cleanly.',
  },
  'port-failed': {
    exitStatus: 3,
    sees: '/dev/null is not a serial port.',
    cause: 'The operating system refused an operation on the port.',
    otherCauses: ['The path is not a serial port.'],
    next: 'Check the port with esp-portal ports. Then unplug the board, plug it in again and run the same command.',
  },
  'loader-silent': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 does not answer: its ROM loader sends nothing.',
    cause: 'The board did not enter its ROM loader: no power, wrong port, or its reset lines are not wired.',
    otherCauses: ['The cable only carries power.', 'Something on the board holds GPIO0 high.'],
    next: 'Hold BOOT (FLASH, GPIO0), tap RESET, let go of BOOT and run the same command again.',
  },
  'board-restarts': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 restarts again and again, faster than its ROM loader can be reached.',
    cause: 'Its supply is too weak (a brown-out): a thin cable, a hub, or something else on the same 3.3 V.',
    next: 'Use a short cable and another USB port, unplug what is connected to the board, and run the same command again.',
  },
  'repl-silent': {
    exitStatus: 4,
    sees: 'The board sends nothing on /dev/ttyUSB0.',
    cause: 'The board has no power, this is another port, or TX and RX may be swapped.',
    otherCauses: ['The board sleeps (machine.deepsleep).'],
    next: 'Check cable and port; if both are right: esp-portal flash --port PORT',
  },
  'repl-stalled': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 did not finish the code it was given in time.',
    cause: 'The board answered before, and then stopped: it restarted, hangs, or is busy.',
    otherCauses: ['A watchdog or a weak supply restarts it.', 'The cable is loose.'],
    next: 'Press RESET on the board and run the same command again.',
  },
  'repl-in-loader': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 waits in its ROM loader.',
    cause: 'GPIO0 (the FLASH or BOOT button) was low when the board started.',
    otherCauses: ['Something on the board holds GPIO0 low.'],
    next: 'Let go of the button, press RESET, and run the same command again.',
  },
  'repl-boot-loop': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 restarts again and again: its flash holds no firmware.',
    cause: 'What the board starts fails before it can be interrupted.',
    otherCauses: ['Its supply breaks down when the radio starts.'],
    next: 'esp-portal flash --port PORT',
  },
  'repl-busy': {
    exitStatus: 4,
    sees: 'The program on /dev/ttyUSB0 cannot be interrupted.',
    cause:
      'A program on the board catches every Ctrl-C, and the port has no reset lines or they are not wired.',
    next: 'Press RESET on the board right after starting the same command again; or start fresh: esp-portal flash --erase --port PORT',
  },
  'repl-not-micropython': {
    exitStatus: 4,
    sees: 'What answers on /dev/ttyUSB0 is not MicroPython, or cannot be interrupted.',
    cause: 'The board runs other firmware or uses a different baud rate.',
    otherCauses: ['The port belongs to another device.'],
    next: 'esp-portal flash --port PORT',
  },
  'repl-off': {
    exitStatus: 4,
    sees: 'The board on /dev/ttyUSB0 starts when it is reset, and then prints nothing.',
    cause: 'The flash is blank, or boot.py has taken the REPL off the serial line (os.dupterm).',
    next: 'esp-portal flash --port PORT; if MicroPython is on it already, with --erase',
  },
  'portal-silent': {
    exitStatus: 4,
    sees: 'The portal on /dev/ttyUSB0 did not report within 45 s.',
    cause: 'The board restarted, but its portal did not report in time.',
    otherCauses: ['boot.py takes its time, or waits for something.'],
    next: 'esp-portal monitor --port PORT',
  },
  'output-failed': {
    exitStatus: 2,
    sees: 'The output cannot be written: the disk is full.',
    cause: 'The disk that the output goes to is full, or what took it is gone.',
    next: 'Make room, or send the output elsewhere, and run the same command again.',
  },
  'log-file-failed': {
    exitStatus: 2,
    sees: "The log file /logs/board.log cannot be written: ENOENT: no such file or directory, open '/logs/board.log'.",
    cause: 'The folder does not exist or may not be written to, or the disk is full.',
    next: 'Name another file with --log-file.',
  },
  'firmware-missing': {
    exitStatus: 5,
    sees: 'esp8266.bin does not exist.',
    cause: 'No such file or release, or there is no MicroPython for this chip and flash.',
    next: 'esp-portal firmware',
  },
  'firmware-download': {
    exitStatus: 5,
    sees: '192.0.2.1:8000 cannot be reached: connect ECONNREFUSED 192.0.2.1:8000.',
    cause: 'The server cannot be reached, or does not have the file; this computer may be offline.',
    next: 'Check the connection and run the same command again, or name a file or a cached release: esp-portal firmware',
  },
  'firmware-invalid': {
    exitStatus: 5,
    sees: 'notes.txt is not ESP firmware: it starts with 48656c6c, not e9.',
    cause:
      'The file is not a MicroPython image for an ESP8266 or one of the ESP32 family, or too old to be checked.',
    otherCauses: ['It is a web page that was saved instead of the file.'],
    next: 'Leave --firmware out for the newest release, or see what there is: esp-portal firmware',
  },
  'firmware-damaged': {
    exitStatus: 5,
    sees: 'esp8266.bin is cut short or altered: its last 16 bytes are not the MD5 of the rest (1024 bytes of 633048).',
    cause: 'The download was cut short or altered: the checksum inside the image does not match.',
    next: 'Download the file again, or leave --firmware out: a release is fetched and checked for you.',
  },
  'board-locked': {
    exitStatus: 5,
    sees: 'The ESP32 on /dev/ttyUSB0 is locked: its eFuses have flash encryption on. Nothing was written.',
    cause: 'Its maker burned eFuses that require encrypted or signed firmware. This cannot be undone.',
    next: 'Use another board. This one only runs firmware made with its own keys.',
  },
  'firmware-wrong-chip': {
    exitStatus: 5,
    sees: 'The board is an ESP32, the image is for an ESP8266.',
    cause: 'The image was built for another chip, or for other revisions of it.',
    next: 'Leave --firmware out for the image that fits, or see which there are: esp-portal firmware',
  },
  'firmware-too-large': {
    exitStatus: 5,
    sees: 'The image needs 633048 bytes, the flash of this board has 524288.',
    cause: 'The flash of this board is smaller than the image needs.',
    next: 'Leave --firmware out for the variant that fits, or see which there are: esp-portal firmware',
  },
  'flash-failed': {
    exitStatus: 6,
    sees: 'Could not read the flash: no answer within 3000 ms. Nothing on the board was changed.',
    cause: 'The board stopped answering: a loose cable, too high a baud rate, or too weak a supply.',
    next: 'Run the same command again: it starts over cleanly. If it fails again, add --baud 115200.',
  },
  'flash-mismatch': {
    exitStatus: 6,
    sees: 'The flash differs from the image from the sector at 0x00a000 on.',
    cause: 'The flash does not keep what is written: worn out, or disturbed on the way.',
    next: 'Run the same command again with --erase --baud 115200; at the same address again, the flash chip is broken.',
  },
  'flash-protected': {
    exitStatus: 6,
    sees: 'The flash chip is write-protected: it kept nothing.',
    cause: 'The protection bits in the status register of the flash chip are set.',
    otherCauses: ['The WP pin of the flash chip is low.'],
    next: 'Clear the protection bits with esptool (write-flash-status --non-volatile 0), or use another board.',
  },
  'firmware-silent': {
    exitStatus: 6,
    sees: 'No MicroPython banner came from /dev/ttyUSB0.',
    cause: 'The firmware was written and verified, but did not show its prompt.',
    otherCauses: [
      'A program on the board starts at once and prints nothing.',
      'boot.py takes the REPL off this port; esp-portal flash --erase forgets it.',
    ],
    next: 'Press RESET, then: esp-portal monitor --port PORT',
  },
  'transfer-failed': {
    exitStatus: 6,
    sees: 'What is sent to /dev/ttyUSB0 is repeatedly corrupted or lost.',
    cause: 'A file did not arrive on the board as it was sent; the files there were left as they were.',
    otherCauses: ['The line loses bytes: a bad cable, or an adapter that is too slow.'],
    next: 'Run the same command again.',
  },
  'board-error': {
    exitStatus: 7,
    sees: 'The portal ended with ValueError: no such pin.',
    cause: 'A program on the board ended with an error.',
    otherCauses: ['main.py, or what it imports, has a mistake; the traceback above shows the line.'],
    next: 'esp-portal monitor --port PORT',
  },
  'board-boot-error': {
    exitStatus: 7,
    sees: "The portal ended with NameError: name 'x' isn't defined.",
    cause: 'boot.py on the board, which MicroPython runs first, ends with an error.',
    next: 'Correct or remove boot.py on the board and run the same command again.',
  },
  'board-import-error': {
    exitStatus: 7,
    sees: "The portal ended with ImportError: no module named 'bme280'.",
    cause:
      'A module is missing on the board: a file that was not uploaded, or firmware too old or too small to have it.',
    next: 'esp-portal flash --port PORT puts a newer MicroPython on the board and keeps its files.',
  },
  'board-no-memory': {
    exitStatus: 7,
    sees: 'The portal ended with MemoryError: memory allocation failed, allocating 4096 bytes.',
    cause: 'The board ran out of memory: boot.py or your program holds too much of it.',
    next: 'Remove what boot.py imports, or upload your program compiled (--app-mpy), and run the same command again.',
  },
  'board-no-space': {
    exitStatus: 7,
    sees: 'This needs 90.1 KB, old and new files side by side; the board has 4.1 KB free. The portal alone needs 61.4 KB. The largest on the board: boot.py (0.2 KB).',
    cause: 'The filesystem of the board is full.',
    otherCauses: ['Files of your own fill it.'],
    next: 'Remove files from the board, or start fresh: esp-portal flash --erase --port PORT',
  },
  'board-no-filesystem': {
    exitStatus: 7,
    sees: 'The board reports OSError: [Errno 19] ENODEV.',
    cause: 'This firmware has no filesystem (the 512 KB build), or the filesystem is damaged.',
    next: 'esp-portal flash --erase --port PORT, with an image that has a filesystem',
  },
  timeout: {
    exitStatus: 8,
    sees: 'Timed out after 30 s waiting for wifi.connected on /dev/ttyUSB0.',
    cause: '--timeout ended the wait.',
    next: 'Run the same command again with a longer --timeout.',
  },
  interrupted: {
    exitStatus: 130,
    sees: 'install was interrupted by Ctrl-C (SIGINT). No file on the board was changed.',
    cause: 'A signal ended the command; the message says which one.',
    next: 'Run the same command again: it starts over cleanly.',
  },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERROR_TABLE;

interface PortalErrorOptions {
  /** The error underneath, for `--verbose`. */
  cause?: unknown;
  /** What the board itself printed, such as a traceback. */
  boardOutput?: string;
  /** What to do or type next in this very case, instead of what the table says for the code. */
  next?: string;
}

/** Anything that can go wrong outside this program. Bugs stay plain `Error`. */
export class PortalError extends Error {
  override readonly name = 'PortalError';
  readonly code: ErrorCode;
  readonly boardOutput: string | undefined;
  readonly next: string | undefined;

  /** @param message what happened, one sentence with the names and figures of this case */
  constructor(code: ErrorCode, message: string, options: PortalErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.boardOutput = options.boardOutput;
    this.next = options.next;
  }

  /** The same error with more known about it. @param more what replaces the old; `adds` goes behind the message */
  with({ adds, message, ...more }: PortalErrorOptions & { adds?: string; message?: string }): PortalError {
    const { code, cause, boardOutput, next } = this;
    const text = adds === undefined ? (message ?? this.message) : `${message ?? this.message} ${adds}`;
    return new PortalError(code, text, {
      cause,
      ...(boardOutput !== undefined && { boardOutput }),
      ...(next !== undefined && { next }),
      ...more,
    });
  }
}

/** After these the state of the board is not clear from the message alone. */
const CODES_WITH_BOARD_STATE: readonly string[] = ['port-lost', 'interrupted', 'output-failed'];

/**
 * @param sentence what holds for the board
 * @param alsoFor further codes whose errors get the sentence
 */
export function withBoardState(
  error: unknown,
  sentence: string,
  alsoFor: readonly ErrorCode[] = [],
): unknown {
  const isOpen = (code: ErrorCode) => CODES_WITH_BOARD_STATE.includes(code) || alsoFor.includes(code);
  return error instanceof PortalError && isOpen(error.code) ? error.with({ adds: sentence }) : error;
}
