// Maps ports of the virtual board to ports of this computer, and announces them.

import type { PortNotice } from '../../port/port.js';

/** Only this computer reaches the virtual board. */
export const LOOPBACK = '127.0.0.1';

export type Transport = 'tcp' | 'udp';

export interface HostPortsOptions {
  /** Tried first for the board's TCP 80 and UDP 53; 0: any free one. */
  readonly httpPort: number;
  readonly dnsPort: number;
  readonly onNotice: (notice: PortNotice) => void;
}

const TRIES = 32;

/**
 * Opens something on the preferred port, on the next free one, or at last on any.
 * @param open resolves to the port that was opened; rejects with `EADDRINUSE` or `EACCES` when it cannot be
 */
export async function openOnHostPort(
  options: HostPortsOptions,
  transport: Transport,
  boardPort: number,
  open: (hostPort: number) => Promise<number>,
): Promise<number> {
  const preferred = preferredPort(options, transport, boardPort);
  for (let port = preferred; port > 0 && port < preferred + TRIES && port < 65536; port += 1) {
    try {
      return announce(options, transport, boardPort, await open(port));
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return announce(options, transport, boardPort, await open(0));
}

function preferredPort(options: HostPortsOptions, transport: Transport, boardPort: number): number {
  if (transport === 'tcp') return boardPort === 80 ? options.httpPort : 0;
  return boardPort === 53 ? options.dnsPort : 0;
}

function announce(options: HostPortsOptions, transport: Transport, boardPort: number, port: number): number {
  const url =
    transport === 'udp'
      ? `udp://${LOOPBACK}:${port}`
      : `${boardPort === 80 ? 'http' : 'tcp'}://${LOOPBACK}:${port}${boardPort === 80 ? '/' : ''}`;
  const what = `${transport.toUpperCase()} port ${boardPort}`;
  options.onNotice({ event: 'notice', message: `The virtual board's ${what} is reachable at ${url}`, url });
  return port;
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
  );
}
