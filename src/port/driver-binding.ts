// The driver of this computer's serial ports. On Linux and macOS a port that has hung up, as when its USB adapter is
// unplugged, reads as zero bytes, which bindings-cpp 13 reads again and again: no end of the port, a core at 100 %, and
// memory that grows (https://github.com/serialport/bindings-cpp/issues/162).

import { read } from 'node:fs';
import { promisify } from 'node:util';
import type { Binding, BindingPort } from './binding-types.js';
import { loadSerialPort } from './serialport.js';

/** What bindings-cpp opens on Linux and macOS. */
interface UnixPort extends BindingPort {
  /** `null` after closing. */
  readonly fd: number | null;
  readonly poller: { once(event: 'readable', callback: (error: Error | null) => void): void };
}

const readDescriptor = promisify(read);

/** serialport's driver, with ports that end when they hang up. */
export function driverBinding(): Binding {
  const binding: Binding = loadSerialPort().SerialPort.binding;
  return {
    list: () => binding.list(),
    async open(options) {
      const port = await binding.open(options);
      if (isUnixPort(port)) port.read = (...where) => readToEnd(port, ...where);
      return port;
    },
  };
}

function isUnixPort(port: BindingPort): port is UnixPort {
  return 'poller' in port;
}

/** @throws Error `canceled` when the port is closed here; any other when it has gone */
async function readToEnd(
  port: UnixPort,
  ...[buffer, offset, length]: Parameters<BindingPort['read']>
): ReturnType<BindingPort['read']> {
  while (port.fd !== null) {
    const bytesRead = await readNow(port.fd, buffer, offset, length);
    if (bytesRead === 0) throw new Error('EIO: the port has hung up');
    if (bytesRead !== undefined) return { bytesRead, buffer };
    if (port.fd !== null) await becomesReadable(port); // the poller of one that was closed is gone
  }
  throw Object.assign(new Error('Port is not open'), { canceled: true });
}

/** @returns `undefined` if nothing has come */
async function readNow(...where: [fd: number, Buffer, offset: number, length: number]) {
  try {
    return (await readDescriptor(...where, null)).bytesRead;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EAGAIN' || code === 'EINTR') return undefined;
    throw error;
  }
}

function becomesReadable({ poller }: UnixPort): Promise<void> {
  return new Promise((resolve, reject) => {
    poller.once('readable', (error) => (error ? reject(error) : resolve()));
  });
}
