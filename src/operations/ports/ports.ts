// Which serial ports there are, what keeps one from working, and opening one.

import { PortalError } from '../../errors.js';
import { boardsAmong, type DiscoveredPort, discoverPorts } from '../../port/discovery/discovery.js';
import { adaptersWithoutPort } from '../../port/discovery/usb-without-port.js';
import { portProblem } from '../../port/port-holder.js';
import { waitForPort } from '../../port/wait-for-port.js';

export {
  type BoardPort,
  boardsAmong,
  type DiscoveredPort,
  discoverPorts,
  listPorts,
  theOnlyBoard,
} from '../../port/discovery/discovery.js';
export type { UsbKind } from '../../port/discovery/usb-adapters.js';
export { type OpenPortOptions, openPort } from '../../port/open.js';
export type { Port, PortNotice } from '../../port/port.js';
export { waitForPort } from '../../port/wait-for-port.js';

/** A port, and why it cannot be opened. */
export interface SurveyedPort extends DiscoveredPort {
  /** A sentence with the problem and what to do; `undefined` without a known problem. */
  readonly problem: string | undefined;
}

/** A USB adapter of an ESP board that has no port. */
export interface AdapterWithoutPort {
  readonly usbId: string;
  readonly adapter: string;
  /** How to get its driver on Linux, if known. */
  readonly driver: string | undefined;
}

export interface PortSurvey {
  readonly ports: readonly SurveyedPort[];
  readonly withoutPort: readonly AdapterWithoutPort[];
}

/**
 * Resolves when a board is connected.
 * @param onWait called once, when it has to wait
 * @throws the signal's reason
 */
export async function waitForBoard(options: {
  devicesFolder: string | undefined;
  signal: AbortSignal;
  onWait: () => void;
}): Promise<void> {
  await waitForPort(async () => {
    const boards = boardsAmong(await discoverPorts(options.devicesFolder));
    if (boards.length === 0) throw new PortalError('port-none', 'No board was found on any USB port.');
  }, options);
}

/**
 * Lists the ports of this computer, with what keeps them from working.
 * @param devicesFolder as for discoverPorts
 */
export async function surveyPorts(devicesFolder?: string): Promise<PortSurvey> {
  const found = await discoverPorts(devicesFolder);
  const ports = await Promise.all(
    found.map(async (port) => ({ ...port, problem: await portProblem(port.path) })),
  );
  const portless = await adaptersWithoutPort();
  const withoutPort = portless.map(({ usbId, adapter: { name, driver } }) => ({
    usbId,
    adapter: name,
    driver: driver.linux,
  }));
  return { ports, withoutPort };
}
