// The table of error codes: exit status, an example, cause and advice. Imports nothing.

export interface ErrorFacts {
  /** Exit status: 2 usage, 3 port, 4 board not answering, 5 firmware, 6 transfer, 7 error on the board, 8 timeout, 130 interrupted. */
  readonly exitStatus: 2 | 3 | 4 | 5 | 6 | 7 | 8 | 130;
  /** Example of the message, with the names and figures of a case. */
  readonly example: string;
  /** The most likely cause, one sentence. */
  readonly cause: string;
  /** Other causes, the most likely first. */
  readonly otherCauses?: readonly string[];
  /** Next command or action; `PORT` in `--port PORT` is replaced by the port that was used. */
  readonly next: string;
}

/** Codes are API: scripts match on them. Wording is not. */
export const ERROR_TABLE = {
  usage: {
    exitStatus: 2,
    example: 'There is no option --prot. Did you mean --port?',
    cause: 'An option or its value is invalid.',
    otherCauses: ['A settings file or an environment variable holds an invalid value; the message names it.'],
    next: 'esp-portal --help',
  },
  'port-none': {
    exitStatus: 3,
    example: 'No board was found on any USB port.',
    cause: 'No board is connected, its driver is missing, or the cable carries power only.',
    otherCauses: ['The computer is a container or WSL without access to the device.'],
    next: 'Connect the board with a data cable, or try a virtual board: esp-portal setup --port virtual:',
  },
  'port-ambiguous': {
    exitStatus: 3,
    example: 'There are 2 boards: /dev/ttyUSB0 (CH340), /dev/ttyUSB1 (CP210x).',
    cause: 'Several boards are connected.',
    next: 'Name one of them with --port.',
  },
  'port-not-found': {
    exitStatus: 3,
    example: 'There is no port /dev/ttyUSB7.',
    cause: 'The board was unplugged, or the name is misspelt.',
    otherCauses: [
      'The adapter got a new path when it was plugged back in; `id:SERIAL` addresses it by USB serial number.',
    ],
    next: 'List the ports with esp-portal ports, or omit --port to use the only board connected.',
  },
  'port-unreachable': {
    exitStatus: 3,
    example: 'Nothing is listening at rfc2217://127.0.0.1:2217.',
    cause: 'The program that serves the port (ser2net, esp-portal simulate) is not running.',
    otherCauses: ['The host or the port number is wrong, or a firewall blocks the connection.'],
    next: 'Start that program and run the same command again.',
  },
  'port-busy': {
    exitStatus: 3,
    example: '/dev/ttyUSB0 is in use by another program: picocom (process 4711).',
    cause: 'Another program has the port open: a serial monitor, an editor, or another esp-portal.',
    otherCauses: [
      'ModemManager probes a new port and closes it after some seconds.',
      'Another client is connected to the server of a network port.',
    ],
    next: 'Close that program and run the same command again.',
  },
  'port-denied': {
    exitStatus: 3,
    example: 'No permission to open /dev/ttyUSB0.',
    cause: 'Your user has no permission to open serial ports.',
    otherCauses: ['You were just added to the group: log out and back in for it to take effect.'],
    next: 'On Linux: sudo usermod -aG dialout "$USER", then log out and log in again.',
  },
  'port-lost': {
    exitStatus: 3,
    example: '/dev/ttyUSB0 was disconnected. No file on the board was changed.',
    cause: 'The cable was unplugged, or the USB adapter was reset.',
    otherCauses: [
      'The board draws more current than its USB port provides.',
      'The server of a network port closed the connection.',
    ],
    next: 'Connect the board again and run the same command again.',
  },
  'port-failed': {
    exitStatus: 3,
    example: '/dev/null is not a serial port.',
    cause: 'The operating system refused an operation on the port.',
    otherCauses: [
      'The path is not a serial port.',
      'The server at an rfc2217:// address does not negotiate RFC 2217.',
    ],
    next: 'Check the port with esp-portal ports. Then unplug the board, plug it in again and run the same command.',
  },
  'loader-silent': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 does not answer: its ROM loader sends nothing. Nothing on the board was changed.',
    cause:
      'The board did not enter its ROM loader: no power, wrong port, or its reset lines are not connected.',
    otherCauses: ['The cable carries power only.', 'A part on the board keeps GPIO0 high.'],
    next: 'Hold BOOT (FLASH, GPIO0), press RESET, release BOOT and run the same command again.',
  },
  'board-restarts': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 restarts repeatedly, before its ROM loader can be reached. Nothing on the board was changed.',
    cause: 'Its supply voltage drops (brown-out): a thin cable, a hub, or other parts on the same 3.3 V.',
    next: 'Use a short cable and another USB port, disconnect other parts from the board, and run the same command again.',
  },
  'repl-silent': {
    exitStatus: 4,
    example: 'The board sends nothing on /dev/ttyUSB0. No file on the board was changed.',
    cause: 'The board has no power, the port is wrong, or TX and RX are swapped.',
    otherCauses: ['The board is in deep sleep (machine.deepsleep).'],
    next: 'Check the cable and the port. If both are right: esp-portal flash --port PORT',
  },
  'repl-stalled': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 did not finish the program that was sent in time. No file on the board was changed.',
    cause: 'The board stopped answering: it restarted, hangs, or is busy.',
    otherCauses: ['A watchdog or a weak supply restarted it.', 'The cable is loose.'],
    next: 'Press RESET on the board and run the same command again.',
  },
  'repl-in-loader': {
    exitStatus: 4,
    example: 'The board on /dev/ttyUSB0 is in its ROM loader. No file on the board was changed.',
    cause: 'GPIO0 (the FLASH or BOOT button) was low when the board started.',
    otherCauses: ['A part on the board keeps GPIO0 low.'],
    next: 'Release the button, press RESET, and run the same command again.',
  },
  'repl-boot-loop': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 restarts repeatedly: its flash holds no firmware. No file on the board was changed.',
    cause: 'The flash is blank, or the firmware or program fails before it can be interrupted.',
    otherCauses: ['The supply voltage drops when the radio starts.'],
    next: 'esp-portal flash --port PORT',
  },
  'repl-busy': {
    exitStatus: 4,
    example: 'The program on /dev/ttyUSB0 cannot be interrupted. No file on the board was changed.',
    cause: 'A program on the board catches every Ctrl-C, and the reset lines are missing or not connected.',
    next: 'Remove the program from the flash: esp-portal files rm main.py --from-flash --port PORT',
  },
  'repl-not-micropython': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 does not run MicroPython, or cannot be interrupted. No file on the board was changed.',
    cause: 'The board runs other firmware or uses a different baud rate.',
    otherCauses: ['Another device is connected to the port.'],
    next: 'esp-portal flash --port PORT',
  },
  'repl-off': {
    exitStatus: 4,
    example:
      'The board on /dev/ttyUSB0 starts after a reset, but then prints nothing. No file on the board was changed.',
    cause: 'The flash is blank, or boot.py moved the REPL off the serial port (os.dupterm).',
    next: 'esp-portal flash --port PORT (with --erase if the board has MicroPython)',
  },
  'portal-silent': {
    exitStatus: 4,
    example: 'The portal on /dev/ttyUSB0 did not report within 75 s. The new files are in place.',
    cause: 'The board restarted, but the portal was not ready in time.',
    otherCauses: ['boot.py takes long or waits.'],
    next: 'esp-portal monitor --port PORT',
  },
  'output-failed': {
    exitStatus: 2,
    example: 'The output cannot be written: the disk is full.',
    cause: 'The disk is full, or the program that reads the output has ended.',
    next: 'Free space, or write the output to another place, and run the same command again.',
  },
  'log-file-failed': {
    exitStatus: 2,
    example:
      "The log file /logs/board.log cannot be written: ENOENT: no such file or directory, open '/logs/board.log'.",
    cause: 'The folder does not exist or is not writable, or the disk is full.',
    next: 'Name another file with --log-file.',
  },
  'backup-invalid': {
    exitStatus: 5,
    example: '/backups/notes.txt is not a backup of esp-portal.',
    cause: 'The file is not a backup, is incomplete, or was changed.',
    otherCauses: ['A newer esp-portal made it.'],
    next: 'Name a file that esp-portal backup made.',
  },
  'backup-other-board': {
    exitStatus: 5,
    example:
      'The backup is of an ESP32 with 4194304 bytes of flash, the board is an ESP8266 with 4194304 bytes of flash. Nothing on the board was changed.',
    cause: 'The backup was made of another kind of board, whose firmware cannot run on this one.',
    next: 'Connect the board that the backup was made of, and run the same command again.',
  },
  'firmware-missing': {
    exitStatus: 5,
    example: 'esp8266.bin does not exist.',
    cause: 'The file or release does not exist, or MicroPython has no build for this chip and flash size.',
    next: 'esp-portal firmware',
  },
  'firmware-download': {
    exitStatus: 5,
    example: '192.0.2.1:8000 cannot be reached: connect ECONNREFUSED 192.0.2.1:8000.',
    cause: 'This computer is offline, or the server cannot be reached or does not have the file.',
    next: 'Check the network and run the same command again, or use a file or a cached release: esp-portal firmware --offline',
  },
  'package-failed': {
    exitStatus: 5,
    example: 'Package umqtt.simple: its file "../main.py" is outside the folder lib of the board.',
    cause: 'The package is damaged, or it would change more of the board than a package may.',
    otherCauses: ['This computer is offline, or the index has no package of this name.'],
    next: 'Try another version of the package, or remove it: esp-portal remove NAME',
  },
  'firmware-invalid': {
    exitStatus: 5,
    example: 'notes.txt is not ESP firmware: it starts with 48656c6c, not e9.',
    cause:
      'The file is not a MicroPython image for an ESP8266 or one of the ESP32 family, or too old to be checked.',
    otherCauses: ['A web page was saved instead of the file.'],
    next: 'Omit --firmware for the newest release, or list the builds: esp-portal firmware',
  },
  'firmware-damaged': {
    exitStatus: 5,
    example:
      'esp8266.bin is incomplete or damaged: its last 16 bytes are not the MD5 of the rest (1024 bytes of 633048).',
    cause: 'The download is incomplete or was changed: the checksum in the image does not match.',
    next: 'Download the file again, or omit --firmware to download and check a release.',
  },
  'board-locked': {
    exitStatus: 5,
    example:
      'The ESP32 on /dev/ttyUSB0 is locked: its eFuses enable flash encryption. Nothing on the board was changed.',
    cause:
      'The maker of the device burned eFuses that require encrypted or signed firmware. This cannot be undone.',
    next: 'Use another board. This one runs only firmware that is made with its own keys.',
  },
  'firmware-wrong-chip': {
    exitStatus: 5,
    example: 'The board is an ESP32, the image is for an ESP8266. Nothing on the board was changed.',
    cause: 'The image was built for another chip, or for other revisions of it.',
    next: 'Omit --firmware for an image that fits, or list the builds: esp-portal firmware',
  },
  'firmware-too-large': {
    exitStatus: 5,
    example:
      'The image needs 633048 bytes, the flash of this board has 524288. Nothing on the board was changed.',
    cause: 'The flash of this board is smaller than the image needs.',
    next: 'Omit --firmware for a variant that fits, or list the builds: esp-portal firmware',
  },
  'flash-failed': {
    exitStatus: 6,
    example: 'Could not read the flash: no answer within 3000 ms. Nothing on the board was changed.',
    cause: 'The board stopped answering: the cable is loose, the baud rate too high, or the supply too weak.',
    next: 'Run the same command again. If it fails again, add --baud 115200.',
  },
  'flash-mismatch': {
    exitStatus: 6,
    example:
      'The flash differs from the image; the first wrong sector is at 0x00a000. The firmware on the board is damaged.',
    cause: 'The flash chip is worn out, or the data was corrupted on the line.',
    next: 'Run the same command again with --erase --baud 115200. If the same address fails again, the flash chip is broken.',
  },
  'flash-missing': {
    exitStatus: 6,
    example: 'The flash chip does not answer: its id reads 0xffffff. Nothing on the board was changed.',
    cause: 'Something is connected to the pins of the flash (GPIO6 to GPIO11 on an ESP8266 and an ESP32).',
    otherCauses: ['The flash chip is broken or badly soldered.'],
    next: 'Disconnect everything from the pins of the board and run the same command again.',
  },
  'flash-protected': {
    exitStatus: 6,
    example: 'The flash chip is write-protected. Nothing on the board was changed.',
    cause: 'The protection bits in the status register of the flash chip are set.',
    otherCauses: ['The WP pin of the flash chip is low.'],
    next: 'Clear the protection bits with esptool (write-flash-status --non-volatile 0), or use another board.',
  },
  'firmware-not-running': {
    exitStatus: 5,
    example:
      'The board on /dev/ttyACM0 runs the build ESP32_GENERIC_S3-SPIRAM_OCT, which is not in the firmware that was written. The firmware is complete and verified.',
    cause:
      'The board starts an application from another partition of its flash, as after an update over WiFi.',
    otherCauses: ['Another board answers on this port.'],
    next: 'Run the same command again with --erase, which also erases all files.',
  },
  'firmware-silent': {
    exitStatus: 6,
    example: 'No MicroPython banner came from /dev/ttyUSB0. The firmware is complete and verified.',
    cause: 'The firmware does not start on this board.',
    otherCauses: [
      'A program on the board runs at once and prints nothing.',
      'boot.py moves the REPL off this port; esp-portal flash --erase removes it.',
    ],
    next: 'Press RESET, then: esp-portal monitor --port PORT',
  },
  'transfer-failed': {
    exitStatus: 6,
    example: 'Data sent to /dev/ttyUSB0 is repeatedly corrupted or lost. No file on the board was changed.',
    cause: 'The line loses or changes bytes: a bad cable or hub, or an adapter that is too slow.',
    otherCauses: ['A program on the board blocks the processor.'],
    next: 'Use another cable and a USB port of the computer, and run the same command again.',
  },
  'board-error': {
    exitStatus: 7,
    example: 'The portal ended with ValueError: no such pin. The new files are in place.',
    cause: 'A program on the board ended with an exception.',
    otherCauses: ['main.py or a module that it imports has an error; the traceback shows the line.'],
    next: 'esp-portal monitor --port PORT',
  },
  'board-boot-error': {
    exitStatus: 7,
    example: "The portal ended with NameError: name 'x' isn't defined. The new files are in place.",
    cause: 'boot.py on the board, which MicroPython runs first, ends with an exception.',
    next: 'Correct boot.py, or remove it: esp-portal files rm boot.py --port PORT',
  },
  'board-import-error': {
    exitStatus: 7,
    example: "The portal ended with ImportError: no module named 'bme280'. The new files are in place.",
    cause:
      'A module is missing on the board: the file was not uploaded, or this MicroPython does not have the module.',
    next: 'Upload the module with your program (--app), or update MicroPython, which keeps the files: esp-portal flash --port PORT',
  },
  'board-no-memory': {
    exitStatus: 7,
    example:
      'The portal ended with MemoryError: memory allocation failed, allocating 4096 bytes. The new files are in place.',
    cause: 'The board ran out of memory: boot.py or your program uses too much.',
    next: 'Import less in boot.py, or upload your program compiled (--app-mpy), and run the same command again.',
  },
  'board-no-space': {
    exitStatus: 7,
    example:
      'The installation needs 90.1 KB, because old and new files are on the board together; 4.1 KB are free. The portal alone needs 61.4 KB. The largest files on the board: boot.py (0.2 KB). No file on the board was changed.',
    cause: 'The filesystem of the board is full.',
    otherCauses: ['Your own files use the space.'],
    next: 'Remove files from the board: esp-portal files ls --port PORT, then esp-portal files rm PATH --port PORT',
  },
  'board-no-wifi': {
    exitStatus: 5,
    example: 'The ESP32-H2 on /dev/ttyACM0 has no WiFi. No file on the board was changed.',
    cause: 'The chip has no radio for WiFi.',
    otherCauses: [
      'The build of MicroPython leaves WiFi out: the plain one for an ESP32-P4, whose boards may have a second chip for it.',
    ],
    next: 'Use a board with another chip: the portal needs WiFi.',
  },
  'board-no-portal': {
    exitStatus: 7,
    example:
      'The portal is not installed on the board on /dev/ttyUSB0. The stored networks were not changed.',
    cause: 'The board was flashed or its files were removed after the portal was installed, or it never was.',
    next: 'Install it: esp-portal install --port PORT',
  },
  'wifi-join-failed': {
    exitStatus: 7,
    example: 'The board could not join "Home WiFi": wrong password. The stored networks were not changed.',
    cause: 'The password is misspelt.',
    otherCauses: [
      'The router refused the board or did not answer.',
      'The network is out of range, its name is misspelt, or it is on 5 GHz only, which most of these chips do not receive.',
      'The router gave the board no address.',
    ],
    next: 'Correct it and run the same command again. To see the networks in range: esp-portal wifi scan --port PORT',
  },
  'board-no-file': {
    exitStatus: 7,
    example: 'The board has no file or folder missing.py. No file on the board was changed.',
    cause: 'The name is misspelt, or the file was removed.',
    next: 'List what the board has: esp-portal files ls --port PORT',
  },
  'board-no-filesystem': {
    exitStatus: 7,
    example: 'The board reports OSError: [Errno 19] ENODEV. No file on the board was changed.',
    cause: 'This firmware has no filesystem (the 512 KB build), or the filesystem is damaged.',
    next: 'Save the flash if its files matter: esp-portal backup --port PORT. Then create a new filesystem, for which a flash of 512 KB has no room: esp-portal flash --erase --port PORT',
  },
  timeout: {
    exitStatus: 8,
    example: 'Timed out after 30 s waiting for wifi.connected on /dev/ttyUSB0.',
    cause: 'The time of --timeout is over.',
    next: 'Run the same command again with a longer --timeout.',
  },
  interrupted: {
    exitStatus: 130,
    example: 'install was interrupted by Ctrl-C (SIGINT). No file on the board was changed.',
    cause: 'A signal ended the command; the message says which one.',
    next: 'Run the same command again.',
  },
} as const satisfies Record<string, ErrorFacts>;

export type ErrorCode = keyof typeof ERROR_TABLE;
