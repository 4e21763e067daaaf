// serialport's packages, loaded when they are needed. They are CommonJS, which `import` reads twice: first to look for
// exports, by a WebAssembly program. That takes as long as loading them, and 6 MB.

import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The drivers of this computer's ports. */
export function loadSerialPort(): typeof import('serialport') {
  return require('serialport');
}

/** The stream over a driver. */
export function loadSerialPortStream(): typeof import('@serialport/stream') {
  return require('@serialport/stream');
}
