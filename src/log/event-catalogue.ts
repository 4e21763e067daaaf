// Documentation of every event: meaning, fields, and an example line. docs/events.md is generated from it.
// The compiler checks names and fields against the types; a test parses the examples.

import type { LogEvent, LogEventName } from './events.js';

type Fields<E extends LogEventName> = Exclude<keyof Extract<LogEvent, { event: E }>, 'event'>;

interface EventFacts<E extends LogEventName> {
  readonly meaning: string;
  /** Type and meaning of each field. */
  readonly fields: Readonly<Record<Fields<E>, string>>;
  /** Lines that are parsed as this event; none for events that are not in a board's output. */
  readonly example?: string;
}

const MESSAGE = { message: 'text: the exception' };

export const EVENT_CATALOGUE: { readonly [E in LogEventName]: EventFacts<E> } = {
  'boot.rom': {
    meaning: 'The chip starts; `explanation` has the reset cause and the boot source.',
    fields: {
      chip: 'text, such as `esp8266`, `esp32` or `esp32c3`; absent if the ROM does not print it',
      resetCause: 'number from the ROM; its meaning depends on the chip',
      bootMode: 'number selected by the pins; its meaning depends on the chip',
      bootSource: 'text: `flash`, `loader` (waits for a flasher) or `other`',
    },
    example: ' ets Jan  8 2013,rst cause:2, boot mode:(3,6)',
  },
  'boot.download': {
    meaning: 'The ROM loader waits for a flasher.',
    fields: {},
    example: 'waiting for download',
  },
  'boot.loading': {
    meaning: 'The ROM or the bootloader reports what it loads.',
    fields: {},
    example: 'load 0x40100000, len 31012, room 16 ',
  },
  'boot.failed': {
    meaning: 'The ROM or the bootloader cannot start the firmware.',
    fields: {},
    example: 'invalid header: 0xffffffff',
  },
  'boot.micropython': {
    meaning: "MicroPython's banner.",
    fields: { version: 'text, such as `1.27.0`', machine: 'text: name of the board in the firmware' },
    example: 'MicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266',
  },
  'boot.soft': {
    meaning: 'MicroPython restarts without a reset of the chip (soft reset).',
    fields: {},
    example: 'MPY: soft reboot',
  },
  'boot.noise': {
    meaning:
      "Bytes at another baud rate, such as the output of an ESP8266's ROM at 74880 baud; `--boot-baud` makes it readable.",
    fields: {},
  },
  'creds.loading': {
    meaning: 'The portal looks for a stored network.',
    fields: {},
    example: 'Trying to load WiFi credentials from ./wifi.creds',
  },
  'creds.loaded': {
    meaning: 'The stored network was loaded.',
    fields: {},
    example: 'Loaded WiFi credentials from ./wifi.creds',
  },
  'creds.missing': { meaning: 'No network is stored.', fields: {}, example: './wifi.creds does not exist' },
  'creds.invalid': {
    meaning: 'The file with the network is damaged. The blog series prints its content, which is masked.',
    fields: {},
    example: 'Invalid credentials file: ./wifi.creds',
  },
  'creds.saved': {
    meaning: 'The network was stored.',
    fields: {},
    example: 'Wrote credentials to ./wifi.creds',
  },
  'creds.failed': {
    meaning: 'The board could not join the stored network; the portal opens.',
    fields: {},
    example: 'Connect with saved credentials failed, starting captive portal',
  },
  'creds.error': {
    meaning: 'The network could not be stored.',
    fields: MESSAGE,
    example: 'Could not write credentials: [Errno 28] ENOSPC',
  },
  'wifi.connecting': {
    meaning: 'The board starts to join a network. The blog series prints the password, which is masked.',
    fields: { ssid: "text: the network's name" },
    example: "Trying to connect to SSID 'Home'",
  },
  'wifi.waiting': {
    meaning: 'The board is still joining (blog series).',
    fields: {},
    example: 'Connection in progress',
  },
  'wifi.attempt': {
    meaning: 'The board is still joining.',
    fields: { attempt: 'number, from 1', attempts: 'number of attempts in total' },
    example: 'Connection attempt 3/10 ...',
  },
  'wifi.connected': {
    meaning: 'The board has joined the network.',
    fields: {
      ssid: "text: the network's name",
      address: "text: the board's address in it; absent in the blog series",
    },
    example: 'Connected to Home, address 192.168.1.23',
  },
  'wifi.failed': {
    meaning: 'The board could not join the network. The blog series prints the password, which is masked.',
    fields: {
      ssid: "text: the network's name",
      status: "number: MicroPython's `WLAN.status()`",
      reason: 'text: meaning of the status',
    },
    example: 'Failed to connect to Home. WLAN status=2 (wrong password)',
  },
  'wifi.error': {
    meaning: 'A WiFi function raised an exception.',
    fields: MESSAGE,
    example: 'Station exception: Wifi Internal Error',
  },
  'ap.starting': {
    meaning: 'The access point starts.',
    fields: {},
    example: 'Waiting for access point to turn on',
  },
  'ap.ready': {
    meaning: 'The access point is open.',
    fields: { address: "text: the board's address in it" },
    example: "AP mode configured: ('192.168.4.1', '255.255.255.0', '192.168.4.1', '192.168.4.1')",
  },
  'ap.stopped': { meaning: 'The access point is closed.', fields: {}, example: 'Turned off access point' },
  'portal.starting': {
    meaning: 'The portal starts.',
    fields: {},
    example: 'Starting captive portal',
  },
  'portal.ready': {
    meaning: 'The portal is open. The blog series has no such line; there, `dns.ready` is the last one.',
    fields: {
      essid: "text: the access point's name",
      url: 'text: address of the sign-in page',
      hasPassword: 'boolean: the access point has a password',
      join: 'text for a QR code with which a phone joins it, `WIFI:T:nopass;S:…;;`; absent if the access point has a password, or a name that is no UTF-8',
    },
    example: "Captive portal ready: join WiFi 'ESP8266-c0d1e2', then open http://192.168.4.1/",
  },
  'portal.stopped': {
    meaning: 'The portal was interrupted or timed out.',
    fields: {},
    example: 'Captive portal stopped',
  },
  'portal.closed': {
    meaning: 'The portal closes its sockets, because it is done or was stopped.',
    fields: {},
    example: 'Cleaning up',
  },
  'portal.error': {
    meaning: 'An exception in the portal; the portal continues.',
    fields: MESSAGE,
    example: 'Captive portal exception: MemoryError()',
  },
  'dns.listening': {
    meaning: 'The DNS server listens.',
    fields: {},
    example: "DNS Server listening on ('0.0.0.0', 53)",
  },
  'dns.ready': { meaning: 'The DNS server is set up.', fields: {}, example: 'Configured DNS server' },
  'dns.query': {
    meaning: 'A client asked for a name and got the address of the board.',
    fields: { name: 'text, without the final dot', address: 'text: the answer' },
    example: 'Sending captive.apple.com. -> 192.168.4.1',
  },
  'dns.data': {
    meaning: 'The DNS server received a packet (blog series).',
    fields: {},
    example: "Got data: b'\\x00\\x01' from sender: ('192.168.4.2', 53000)",
  },
  'dns.stopped': { meaning: 'The DNS server closed.', fields: {}, example: 'DNS Server stopped' },
  'dns.error': {
    meaning: 'An exception in the DNS server.',
    fields: MESSAGE,
    example: 'DNS server exception: [Errno 12] ENOMEM',
  },
  'http.listening': {
    meaning: 'The web server listens.',
    fields: {},
    example: "HTTP Server listening on ('0.0.0.0', 80)",
  },
  'http.ready': { meaning: 'The web server is set up.', fields: {}, example: 'Configured HTTP server' },
  'http.request': {
    meaning: 'The web server answered a client.',
    fields: {
      status: 'number: HTTP status of the answer',
      method: 'text, such as `GET`',
      target: 'text: host and path, shortened by the board',
    },
    example: 'HTTP 302 GET captive.apple.com/hotspot-detect.html',
  },
  'http.stopped': { meaning: 'The web server closed.', fields: {}, example: 'HTTP Server stopped' },
  'http.error': {
    meaning: 'An exception in the web server.',
    fields: MESSAGE,
    example: 'HTTP server exception: OSError(104,)',
  },
  'python.traceback': {
    meaning: 'A Python program ended with an exception. One event for all lines of the traceback.',
    fields: {
      type: 'text: the class of the exception',
      message: 'text of the exception',
      frames:
        'list, outermost call first, of objects with `file` (text), `line` (number) and, except for syntax errors, `function` (text)',
    },
    example:
      'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n  File "portal.py", line 41, in start\nOSError: [Errno 98] EADDRINUSE',
  },
  'crash.esp8266': {
    meaning: 'The firmware of an ESP8266 crashed. One event, with its register lines and stack.',
    fields: {
      kind: 'text: the name of the exception, such as `LoadProhibited`',
      cause: 'number of the exception; absent for a watchdog',
      registers: 'object: register → value in hex',
    },
    example:
      'Fatal exception 28(LoadProhibitedCause):\nepc1=0x402162f3, epc2=0x00000000, epc3=0x00000000, excvaddr=0x00000000, depc=0x00000000',
  },
  'crash.esp32': {
    meaning: 'The firmware of an ESP32 crashed. One event, with its registers and backtrace.',
    fields: {
      kind: 'text in brackets after "panic\'ed", or `abort`, `assert`, `stack overflow`, `brownout`, `heap corruption`, `ESP_ERROR_CHECK`',
      core: 'number of the processor core, if the dump has it',
      registers: 'object: register → value in hex',
      backtrace: 'list of addresses, innermost call first',
      otherCores:
        'list of objects with `core`, `registers` and `backtrace`, for the cores that did not crash',
    },
    example:
      "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\n\nCore  0 register dump:\nPC      : 0x400d2d97  PS      : 0x00060a30\n\nBacktrace: 0x400d2d94:0x3ffcbce0 0x400d1000:0x3ffcbd00\n\nRebooting...",
  },
  'crash.dump': {
    meaning: 'A core dump in base64, if ESP-IDF is built to print it. One event.',
    fields: {},
    example:
      '================= CORE DUMP START =================\n8BkAAAIAAAADAAAAeAEAABwAAAAA\n================= CORE DUMP END =================',
  },
  'sdk.error': {
    meaning: 'The SDK under MicroPython reports an error; the program continues.',
    fields: { message: 'text: component and message' },
    example: 'E (275725) wifi:sta is connecting, return error',
  },
  'sdk.noise': {
    meaning: 'Messages of the SDK under MicroPython, at any time, also in the middle of a line.',
    fields: {},
    example: '#33 ets_task(4020f510, 29, 3fff8f88, 10)',
  },
  'port.lost': {
    meaning: 'The port was disconnected: the log from here on is missing.',
    fields: {},
  },
  'port.back': {
    meaning: 'The port is connected again.',
    fields: { address: 'text: its current path', gapMs: 'number: milliseconds without the port' },
  },
  line: { meaning: 'Any other line.', fields: {}, example: 'Hello from main.py' },
};

export const LOG_EVENT_NAMES = Object.keys(EVENT_CATALOGUE) as LogEventName[];
