// Every event of a board's log, for people: what it means, what its fields are, a text that it is read from.
// The compiler checks names and fields against the types; a test reads the examples; docs/events.md is made from it.

import type { LogEvent, LogEventName } from './events.js';

type Fields<E extends LogEventName> = Exclude<keyof Extract<LogEvent, { event: E }>, 'event'>;

interface EventFacts<E extends LogEventName> {
  readonly meaning: string;
  /** Type and meaning of each field. */
  readonly fields: Readonly<Record<Fields<E>, string>>;
  /** Lines that are read as this event; none for what no board prints. */
  readonly example?: string;
}

const MESSAGE = { message: 'text: the exception' };

export const EVENT_CATALOGUE: { readonly [E in LogEventName]: EventFacts<E> } = {
  'boot.rom': {
    meaning: 'The chip starts; `explanation` says why and from where.',
    fields: {
      chip: 'text, such as `esp8266`, `esp32` or `esp32c3`; absent where the ROM did not name it',
      resetCause: 'number that the ROM gives; its meaning differs from chip to chip',
      bootMode: 'number that the pins select; its meaning differs from chip to chip',
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
    meaning: 'The ROM or a boot loader says how the loading goes on.',
    fields: {},
    example: 'load 0x40100000, len 31012, room 16 ',
  },
  'boot.failed': {
    meaning: 'The ROM or a boot loader cannot start the firmware.',
    fields: {},
    example: 'invalid header: 0xffffffff',
  },
  'boot.micropython': {
    meaning: "MicroPython's banner.",
    fields: { version: 'text, such as `1.27.0`', machine: 'text: what the firmware calls the board' },
    example: 'MicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266',
  },
  'boot.soft': {
    meaning: 'MicroPython starts anew without a reset.',
    fields: {},
    example: 'MPY: soft reboot',
  },
  'boot.noise': {
    meaning:
      "Text at another baud rate, such as what an ESP8266's ROM prints at 74880 baud; `--boot-baud` makes it readable.",
    fields: {},
  },
  'creds.loading': {
    meaning: 'The portal looks for a stored network.',
    fields: {},
    example: 'Trying to load WiFi credentials from ./wifi.creds',
  },
  'creds.loaded': {
    meaning: 'A network was stored.',
    fields: {},
    example: 'Loaded WiFi credentials from ./wifi.creds',
  },
  'creds.missing': { meaning: 'No network was stored.', fields: {}, example: './wifi.creds does not exist' },
  'creds.invalid': {
    meaning: 'The file with the network is damaged. The blog series prints what is in it, which is masked.',
    fields: {},
    example: 'Invalid credentials file: ./wifi.creds',
  },
  'creds.saved': {
    meaning: 'The network is stored.',
    fields: {},
    example: 'Wrote credentials to ./wifi.creds',
  },
  'creds.failed': {
    meaning: 'The stored network could not be joined; the portal opens.',
    fields: {},
    example: 'Connect with saved credentials failed, starting captive portal',
  },
  'creds.error': {
    meaning: 'The network could not be stored.',
    fields: MESSAGE,
    example: 'Could not write credentials: [Errno 28] ENOSPC',
  },
  'wifi.connecting': {
    meaning: 'The board begins to join a network. The blog series prints the password, which is masked.',
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
    fields: { attempt: 'number, from 1', attempts: 'number: how many it makes' },
    example: 'Connection attempt 3/10 ...',
  },
  'wifi.connected': {
    meaning: 'The board has joined the network.',
    fields: {
      ssid: "text: the network's name",
      address: "text: the board's address there; absent in the blog series",
    },
    example: 'Connected to Home, address 192.168.1.23',
  },
  'wifi.failed': {
    meaning: 'The board could not join the network. The blog series prints the password, which is masked.',
    fields: {
      ssid: "text: the network's name",
      status: "number: MicroPython's `WLAN.status()`",
      reason: 'text: what that means',
    },
    example: 'Failed to connect to Home. WLAN status=2 (wrong password)',
  },
  'wifi.error': {
    meaning: 'WiFi refused what it was asked.',
    fields: MESSAGE,
    example: 'Station exception: Wifi Internal Error',
  },
  'ap.starting': {
    meaning: 'The access point is being opened.',
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
    meaning: 'The portal begins to open.',
    fields: {},
    example: 'Starting captive portal',
  },
  'portal.ready': {
    meaning:
      'The portal is open. The blog series has no such line: wait for `dns.ready` there, which comes last.',
    fields: { essid: "text: the access point's name", url: 'text: where the form is' },
    example: "Captive portal ready: join WiFi 'ESP8266-c0d1e2', then open http://192.168.4.1/",
  },
  'portal.stopped': {
    meaning: 'The portal was interrupted, or its time ran out.',
    fields: {},
    example: 'Captive portal stopped',
  },
  'portal.closed': {
    meaning: 'The portal gives back what it used, because it is done or was stopped.',
    fields: {},
    example: 'Cleaning up',
  },
  'portal.error': {
    meaning: 'The portal met an error and goes on.',
    fields: MESSAGE,
    example: 'Captive portal exception: MemoryError()',
  },
  'dns.listening': {
    meaning: 'The DNS server takes questions.',
    fields: {},
    example: "DNS Server listening on ('0.0.0.0', 53)",
  },
  'dns.ready': { meaning: 'The DNS server is set up.', fields: {}, example: 'Configured DNS server' },
  'dns.query': {
    meaning: 'A client asked for a name and got the address of the board.',
    fields: { name: 'text, without the dot at its end', address: 'text: the answer' },
    example: 'Sending captive.apple.com. -> 192.168.4.1',
  },
  'dns.data': {
    meaning: 'Something came in for the DNS server (blog series).',
    fields: {},
    example: "Got data: b'\\x00\\x01' from sender: ('192.168.4.2', 53000)",
  },
  'dns.stopped': { meaning: 'The DNS server has closed.', fields: {}, example: 'DNS Server stopped' },
  'dns.error': {
    meaning: 'The DNS server met an error.',
    fields: MESSAGE,
    example: 'DNS server exception: [Errno 12] ENOMEM',
  },
  'http.listening': {
    meaning: 'The web server takes connections.',
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
  'http.stopped': { meaning: 'The web server has closed.', fields: {}, example: 'HTTP Server stopped' },
  'http.error': {
    meaning: 'The web server met an error.',
    fields: MESSAGE,
    example: 'HTTP server exception: OSError(104,)',
  },
  'python.traceback': {
    meaning: 'A Python program ended with an exception. One event, whatever its number of lines.',
    fields: {
      type: 'text: the class of the exception',
      message: 'text: what it says',
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
      kind: 'text: what stands in brackets after "panic\'ed", or `abort`, `assert`, `stack overflow`, `brownout`, `heap corruption`, `ESP_ERROR_CHECK`',
      core: 'number of the processor core, if the dump says it',
      registers: 'object: register → value in hex',
      backtrace: 'list of addresses, innermost call first',
      otherCores:
        'list of objects with `core`, `registers` and `backtrace`, for the cores that did not crash',
    },
    example:
      "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\n\nCore  0 register dump:\nPC      : 0x400d2d97  PS      : 0x00060a30\n\nBacktrace: 0x400d2d94:0x3ffcbce0 0x400d1000:0x3ffcbd00\n\nRebooting...",
  },
  'crash.dump': {
    meaning: 'A core dump in base64, which ESP-IDF prints when it is built to. One event.',
    fields: {},
    example:
      '================= CORE DUMP START =================\n8BkAAAIAAAADAAAAeAEAABwAAAAA\n================= CORE DUMP END =================',
  },
  'sdk.error': {
    meaning: 'The SDK under MicroPython reports an error; the program goes on.',
    fields: { message: 'text: who reports it, and what' },
    example: 'E (275725) wifi:sta is connecting, return error',
  },
  'sdk.noise': {
    meaning: 'What the SDK under MicroPython says by itself, at any moment, also in the middle of a line.',
    fields: {},
    example: '#33 ets_task(4020f510, 29, 3fff8f88, 10)',
  },
  'port.lost': {
    meaning: 'The port was disconnected: what the board prints from here on is missing.',
    fields: {},
  },
  'port.back': {
    meaning: 'The port is there again.',
    fields: { address: 'text: where it is now', gapMs: 'number: how long it was away' },
  },
  line: { meaning: 'Any other line.', fields: {}, example: 'Hello from main.py' },
};

export const LOG_EVENT_NAMES = Object.keys(EVENT_CATALOGUE) as LogEventName[];
