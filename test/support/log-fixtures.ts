// Logs as the facts have them: the blog series' program with the SDK in between, our portal, ROMs, crashes.

import type { LogEventName } from '../../src/log/events.js';

/** Lines, and the event that each of them ends; `undefined` where none ends. */
export type Fixture = readonly (readonly [line: string, event: LogEventName | undefined])[];

/** A password that looks like everything that could end it too early. */
export const PASSWORD = "hunter2, with password x. WLAN status=5' &=";

/** All parts of the blog series: a fresh board, a wrong password, a join, a restart. */
export const SERIES: Fixture = [
  ['#33 ets_task(4020f510, 29, 3fff8f88, 10)', 'sdk.noise'],
  ['Trying to load WiFi credentials from ./wifi.creds', 'creds.loading'],
  ['./wifi.creds does not exist', 'creds.missing'],
  ['Starting captive portal', 'portal.starting'],
  ['Waiting for access point to turn on', 'ap.starting'],
  ["AP mode configured: ('192.168.4.1', '255.255.255.0', '192.168.4.1', '192.168.4.1')", 'ap.ready'],
  ["HTTP Server listening on ('0.0.0.0', 80)", 'http.listening'],
  ['Configured HTTP server', 'http.ready'],
  ["DNS Server listening on ('0.0.0.0', 53)", 'dns.listening'],
  ['Configured DNS server', 'dns.ready'],
  ["Got data: b'\\x12\\x34\\x01\\x00' from sender: ('192.168.4.2', 53124)", 'dns.data'],
  ['Sending connectivitycheck.gstatic.com. -> 192.168.4.1', 'dns.query'],
  [`Trying to connect to SSID 'Home, sweet' with password ${PASSWORD}`, 'wifi.connecting'],
  ['Connection attempt 1/10 ...', 'wifi.attempt'],
  ['Connection in progress', 'wifi.waiting'],
  [`Failed to connect to Home, sweet with ${PASSWORD}. WLAN status=2`, 'wifi.failed'],
  [`Trying to connect to SSID 'Home, sweet' with password ${PASSWORD}`, 'wifi.connecting'],
  ['Connected to Home, sweet', 'wifi.connected'],
  ['Wrote credentials to ./wifi.creds', 'creds.saved'],
  ['Connected to WiFi!', 'line'],
  ['Turned off access point', 'ap.stopped'],
  ['DNS server exception: [Errno 12] ENOMEM', 'dns.error'],
  ['Captive portal stopped', 'portal.stopped'],
  ['Cleaning up', 'portal.closed'],
  ['DNS Server stopped', 'dns.stopped'],
  ['Loaded WiFi credentials from ./wifi.creds', 'creds.loaded'],
  ['Connect with saved credentials failed, starting captive portal', 'creds.failed'],
  [`Invalid credentials file: [b'Home', b'sweet', b'${PASSWORD}']`, 'creds.invalid'],
];

export const OURS: Fixture = [
  [' ets Jan  8 2013,rst cause:2, boot mode:(3,6)', 'boot.rom'],
  ['', 'line'],
  ['load 0x40100000, len 31012, room 16 ', 'boot.loading'],
  ['tail 4', 'boot.loading'],
  ['chksum 0x06', 'boot.loading'],
  ['csum 0x7d', 'boot.loading'],
  ['Trying to load WiFi credentials from ./wifi.creds', 'creds.loading'],
  ['Invalid credentials file: ./wifi.creds', 'creds.invalid'],
  ['Starting captive portal', 'portal.starting'],
  ['Scan failed: [Errno 5] EIO', 'wifi.error'],
  ["Captive portal ready: join WiFi 'ESP8266-c0d1e2', then open http://192.168.4.1/", 'portal.ready'],
  ['HTTP 302 GET captive.apple.com/hotspot-detect.html', 'http.request'],
  ['HTTP 400 - /', 'http.request'],
  ['HTTP server exception: OSError(104,)', 'http.error'],
  ["Trying to connect to SSID 'Bäckerei, oben'", 'wifi.connecting'],
  ['Failed to connect to Café with cats. WLAN status=202 (wrong password)', 'wifi.failed'],
  ['Connected to Bäckerei, oben, address 192.168.1.23', 'wifi.connected'],
  ['Could not write credentials: [Errno 28] ENOSPC', 'creds.error'],
  ['Captive portal exception: MemoryError()', 'portal.error'],
  ['Traceback (most recent call last):', undefined],
  ['  File "main.py", line 3, in <module>', undefined],
  ['  File "captive_portal.py", line 41, in start', undefined],
  ['OSError: [Errno 98] EADDRINUSE', 'python.traceback'],
  ['MicroPython v1.27.0 on 2025-12-09; ESP module with ESP8266', 'boot.micropython'],
  ['>>> ', 'line'],
  ['MPY: soft reboot', 'boot.soft'],
];

/** As the NonOS SDK prints it. */
export const FATAL_EXCEPTION = [
  'Fatal exception 28(LoadProhibitedCause):',
  'epc1=0x402162f3, epc2=0x00000000, epc3=0x00000000, excvaddr=0x0000000c, depc=0x00000000',
];

/** As the Arduino core prints it. */
export const ARDUINO_EXCEPTION = [
  'Exception (3):',
  'epc1=0x4020d05c epc2=0x00000000 epc3=0x00000000 excvaddr=0x40242ab1 depc=0x00000000',
  '',
  'ctx: cont ',
  'sp: 3ffffcb0 end: 3fffffd0 offset: 01a0',
  '',
  '>>>stack>>>',
  '3ffffe50:  00000010 3fff01e8 3ffeee88 3ffef208  ',
  '3ffffe60:  00000010 00000010 00000000 40100579  ',
  '<<<stack<<<',
];

/** As MicroPython 1.24 on an ESP32 prints it, and the restart that follows. */
export const GURU_MEDITATION = [
  'A fatal error occurred. The crash dump printed below may be used to help',
  'determine what caused it. If you are not already running the most recent',
  'version of MicroPython, consider upgrading. New versions often fix bugs.',
  '',
  'To learn more about how to debug and/or report this crash visit the wiki',
  'page at: https://github.com/micropython/micropython/wiki/ESP32-debugging',
  '',
  'MPY version : v1.24.1 on 2024-11-29',
  'IDF version : v5.2.2',
  'Machine     : Generic ESP32 module with ESP32',
  '',
  "Guru Meditation Error: Core  1 panic'ed (LoadProhibited). Exception was unhandled.",
  '',
  'Core  1 register dump:',
  'PC      : 0x40001277  PS      : 0x00060830  A0      : 0x800d96dd  A1      : 0x3ffcf0b0  ',
  'EXCVADDR: 0x0000000c  LBEG    : 0x4000c46c  LEND    : 0x4000c477  LCOUNT  : 0x00000000  ',
  '',
  'Backtrace: 0x40001274:0x3ffcf0b0 0x400d96da:0x3ffcf0c0',
  '',
  'ELF file SHA256: bd97f3b4e',
  '',
  'Rebooting...',
];

export const ESP32_START = [
  'ets Jul 29 2019 12:21:46',
  '',
  'rst:0xc (SW_CPU_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)',
  'configsip: 0, SPIWP:0xee',
  'load:0x3fff0030,len:4728',
  'entry 0x40080404',
];

export const linesOf = (fixture: Fixture): string[] => fixture.map(([line]) => line);
export const bytesOf = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\r\n')}\r\n`);
