// Finds a port again after it went away: the same adapter by its USB serial number, wherever the system puts it now.

import { delay } from '../../delay.js';
import { PortalError } from '../../errors.js';
import type { ListedPort, ListPorts } from '../../port/discovery/discovery.js';
import type { Port } from '../../port/port.js';

const RETRY_MS = 500;

/** What to look for. */
export interface PortIdentity {
  /** As it was opened. */
  readonly address: string;
  /** What the system knew of the adapter; absent for a port that is no USB device (network, pseudo-terminal). */
  readonly usb: Pick<ListedPort, 'serialNumber' | 'vendorId' | 'productId'> | undefined;
}

interface ReopenOptions {
  list: ListPorts;
  open: (address: string) => Promise<Port>;
  signal?: AbortSignal | undefined;
  retryMs?: number;
}

/** Records the identity of a connected port. */
export async function identifyPort(address: string, list: ListPorts): Promise<PortIdentity> {
  if (!isPath(address)) return { address, usb: undefined };
  const listed = (await list()).find(({ path }) => path === address);
  return { address, usb: listed?.vendorId === undefined ? undefined : listed };
}

/**
 * Waits until the port is connected again.
 * @returns the open port and its address, which may be another than before
 * @throws the signal's reason; what opening fails with for good, such as PortalError `usage`
 */
export async function reopenPort(
  identity: PortIdentity,
  { list, open, signal, retryMs = RETRY_MS }: ReopenOptions,
): Promise<{ port: Port; address: string }> {
  for (;;) {
    await delay(retryMs, signal); // it has just gone, or is not there
    const address = identity.usb ? findAgain(identity, await list()) : identity.address;
    if (address !== undefined) {
      try {
        return { port: await open(address), address };
      } catch (error) {
        // A device that has just come is busy or not yet permitted for a moment.
        if (!(error instanceof PortalError && error.code.startsWith('port-'))) throw error;
      }
    }
  }
}

/** @returns the path of the adapter; `undefined` while it is not connected or ambiguous */
export function findAgain({ address, usb }: PortIdentity, listed: readonly ListedPort[]): string | undefined {
  const alike = listed.filter(
    ({ vendorId, productId, serialNumber }) =>
      vendorId === usb?.vendorId && productId === usb?.productId && serialNumber === usb?.serialNumber,
  );
  // An adapter without a serial number (CH340) is identified by its path, or as the only one of its kind.
  const found = alike.find(({ path }) => path === address) ?? (alike.length === 1 ? alike[0] : undefined);
  return found?.path;
}

/** A path has no scheme. */
function isPath(address: string): boolean {
  return !/^[a-z]\w+:/.test(address);
}
