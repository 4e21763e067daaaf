// What MicroPython's errors mean on a small board, and what to do about them.

import type { Frame } from '../events.js';

/** `numbers`: MicroPython's own, which the ESP8266 uses, and newlib's (from 112), which ESP32s use for sockets. */
interface Errno {
  readonly name: string;
  readonly numbers: readonly number[];
  readonly meaning: string;
}

const NO_MEMORY: Errno = {
  name: 'ENOMEM',
  numbers: [12],
  meaning:
    'No memory left for sockets or WiFi: close connections that you no longer need, and accept fewer at a time (an ESP8266 has about 5).',
};

const ERRNOS: readonly Errno[] = [
  { name: 'EPERM', numbers: [1], meaning: 'The operation is not allowed in this state.' },
  {
    name: 'ENOENT',
    numbers: [2],
    meaning: 'The file does not exist on the board: names are case-sensitive, os.listdir() lists the files.',
  },
  { name: 'EIO', numbers: [5], meaning: 'Reading or writing the flash failed, or a device does not answer.' },
  { name: 'EBADF', numbers: [9], meaning: 'The file or socket is closed.' },
  {
    name: 'EAGAIN',
    numbers: [11],
    meaning: 'No data yet: call a non-blocking socket again, or wait with poll.',
  },
  NO_MEMORY,
  { name: 'EACCES', numbers: [13], meaning: 'No permission to use the file or address in this way.' },
  { name: 'EBUSY', numbers: [16], meaning: 'The device is in use.' },
  { name: 'EEXIST', numbers: [17], meaning: 'A file of this name exists already.' },
  {
    name: 'ENODEV',
    numbers: [19],
    meaning: 'No filesystem or no such device: esp-portal flash --erase creates a new filesystem.',
  },
  { name: 'ENOTDIR', numbers: [20], meaning: 'A part of the path is a file, not a folder.' },
  { name: 'EISDIR', numbers: [21], meaning: 'The path is a folder, not a file.' },
  { name: 'EINVAL', numbers: [22], meaning: 'An argument is invalid or out of range.' },
  {
    name: 'ENOSPC',
    numbers: [28],
    meaning: 'The filesystem is full: remove files; os.statvfs("/") shows the free space.',
  },
  { name: 'EROFS', numbers: [30], meaning: 'The filesystem is read-only.' },
  {
    name: 'EADDRINUSE',
    numbers: [98, 112],
    meaning:
      'Another socket uses this port, perhaps one from before a soft reset: set SO_REUSEADDR, close the old socket, or reset the board.',
  },
  {
    name: 'ECONNABORTED',
    numbers: [103],
    meaning: 'The connection ended: WiFi was lost or changed its channel.',
  },
  {
    name: 'ECONNRESET',
    numbers: [104],
    meaning: 'The peer closed the connection: catch the exception and continue.',
  },
  {
    name: 'ENOTCONN',
    numbers: [107, 128],
    meaning: 'The socket is not connected: the peer closed the connection.',
  },
  { name: 'ETIMEDOUT', numbers: [110, 116], meaning: 'The peer did not answer in time.' },
  { name: 'ECONNREFUSED', numbers: [111], meaning: 'Nothing is listening at that address and port.' },
  {
    name: 'EHOSTUNREACH',
    numbers: [113, 118],
    meaning: 'The address cannot be reached: is the board on the right network?',
  },
  {
    name: 'EINPROGRESS',
    numbers: [115, 119],
    meaning: 'The connection is in progress: wait with select or poll.',
  },
];

/** Forms of an errno in a message: `[Errno 12] ENOMEM`, `12`, `OSError(12,)`. */
const ERRNO_IN_TEXT = /\[Errno (?<inWords>\d+)\]|^(?<bare>\d+)$|OSError\((?<inRepr>\d+),?\)/;

/** What to do about an `OSError` with this text, if it has a known number. */
export function errnoAdvice(message: string): string | undefined {
  const name = /\bE[A-Z]{3,}\b/.exec(message)?.[0];
  const found = ERRNO_IN_TEXT.exec(message)?.groups;
  const number = Number(found?.inWords ?? found?.bare ?? found?.inRepr);
  const errno =
    ERRNOS.find((candidate) => candidate.name === name) ??
    ERRNOS.find(({ numbers }) => numbers.includes(number));
  return errno && `${errno.name}: ${errno.meaning}`;
}

const IMPORT_NEEDS =
  'An import needs the memory for a whole module at once (on an ESP8266 a source of about 8 KB is too much): split it, or use .mpy files.';
const SYNTAX_OF_LINE_1 =
  'Line 1 is often a byte order mark (BOM), which MicroPython does not read: save the file as UTF-8 without BOM. Otherwise the file is incomplete.';
const NO_HEAP =
  'The heap is full (38 KB on an ESP8266): free unused objects, call gc.collect() before large allocations, read and write in pieces.';

/** What to do about an exception, if known. */
export function pythonAdvice(type: string, message: string, frames: readonly Frame[]): string | undefined {
  switch (type) {
    case 'MemoryError':
      // Code at the top level of a file runs while it is imported, and an import there is what needs most.
      return frames.at(-1)?.function === '<module>' ? IMPORT_NEEDS : NO_HEAP;
    case 'OSError':
      return osErrorAdvice(message);
    case 'ImportError':
      return 'The board has no such module: esp-portal install uploads the modules of the portal; copy others to the board or install them with mip.';
    case 'ValueError':
      return message.startsWith('incompatible .mpy')
        ? 'The .mpy file was compiled for another version of MicroPython: run esp-portal install again.'
        : undefined;
    case 'IndentationError':
      return 'The lines of a block need the same indentation: use spaces only, or tabs only.';
    case 'SyntaxError':
      if (frames.at(-1)?.line === 1 && frames.at(-1)?.file !== '<stdin>') return SYNTAX_OF_LINE_1;
      return 'This MicroPython does not support that syntax (f-strings need 1.17), or the file is incomplete.';
    case 'RuntimeError':
      return message.includes('recursion')
        ? 'The function calls are nested too deeply for the stack of this board.'
        : undefined;
    default:
      return undefined;
  }
}

const TLS_MEMORY =
  'TLS needs about 40 KB of contiguous free heap: call gc.collect() before connecting, use one connection at a time.';

function osErrorAdvice(message: string): string | undefined {
  if (/MBEDTLS_ERR_\w*ALLOC_FAILED/.test(message)) return TLS_MEMORY;
  if (/MBEDTLS_ERR_SSL_CONN_EOF/.test(message))
    return 'The peer closed the connection during the TLS handshake: check the port, and that the server supports TLS 1.2.';
  if (/MBEDTLS_ERR_X509/.test(message))
    return 'The certificate was not accepted: set the clock (ntptime.settime()) and check the root certificate.';
  if (/ESP_ERR_NO_MEM/.test(message)) return `ENOMEM: ${NO_MEMORY.meaning}`;
  // getaddrinfo's number is negative, or in newer versions a name.
  if (/\bEAI_\w+|^-\d+$/.test(message))
    return 'The name could not be resolved: is the board on a network with DNS?';
  if (/wifi/i.test(message)) {
    return 'WiFi is in the wrong state: switch the interface on with active(True), and disconnect() before another connect().';
  }
  return errnoAdvice(message);
}

/** `WLAN.status()` after a failure, in words: below 10 on ESP8266, from 200 on ESP32. */
export function wifiReason(status: number): string {
  switch (status) {
    case 0:
    case 1000:
      return 'idle';
    case 1:
    case 1001:
      return 'timed out';
    case 2:
    case 202:
    case 204:
      return 'wrong password';
    case 3:
    case 200:
    case 201:
    case 210:
    case 211:
    case 212:
      return 'network not found';
    case 4:
    case 203:
      return 'connection failed';
    case 5:
    case 1010:
      return 'connected';
    default:
      return `status ${status}`;
  }
}
