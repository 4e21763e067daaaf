// reset-creds: makes the board forget its network, and proves it.

import { BoardFiles } from '../device/board-files.js';
import { RawRepl } from '../device/raw-repl.js';
import { CREDENTIALS_FILE, storedNetwork } from '../device/wifi-creds.js';
import { PortalError } from '../errors.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import type { OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';
import { type PortalStart, startPortal } from './start-portal.js';

/** The ESP8266's SDK keeps the last network in its own flash sectors; storing an empty one replaces it. */
export const FORGET_IN_SDK = `
import sys, network
_s = network.WLAN(network.STA_IF)
_s.active(True)
_n = ''
if sys.platform == 'esp8266':
    _n = _s.config('essid')
    _s.connect('', '')
_s.disconnect()
_s.active(False)
print(binascii.hexlify(_n if isinstance(_n, bytes) else _n.encode()).decode())
`;

export interface ResetCredentialsOptions {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  onLog?: ((entry: LogEntry) => void) | undefined;
}

export interface ResetCredentialsResult {
  /** Names of the networks that were stored, none when nothing was. */
  readonly forgotten: readonly string[];
  /** How the portal came up afterwards; `undefined` on a board without our portal. */
  readonly portal: PortalStart | undefined;
}

/**
 * Removes the stored network from the board's files and from its SDK, and restarts it into its access point.
 * @throws PortalError `repl-silent`, `board-…`, `portal-silent`, `port-lost`; the signal's reason
 */
export async function resetCredentials(
  port: Port,
  options: ResetCredentialsOptions = {},
): Promise<ResetCredentialsResult> {
  const { signal, onProgress = () => {}, onLog } = options;
  onProgress({ event: 'step', step: 'enter-repl' });
  let forgotten: string[];
  let hasPortal: boolean;
  {
    await using repl = await RawRepl.enter(port, signal);
    onProgress({ event: 'step', step: 'forget' });
    try {
      const board = await BoardFiles.open(repl);
      const names = await board.list();
      hasPortal = names.some((name) => /^captive_portal\.m?py$/.test(name)) && names.includes('main.py');
      forgotten = await forget(repl, board, names);
    } catch (error) {
      await repl.abandon();
      throw error;
    }
    onProgress({ event: 'step', step: 'restart' });
    await repl.restartBoard();
  }
  if (!hasPortal) return { forgotten, portal: undefined };
  const portal = await startPortal(new BoardLog(port), port.name, { signal, onLog });
  if (portal.state === 'connected') {
    throw new PortalError(
      'board-error',
      `The board joined "${portal.ssid}" again after it was told to forget it.`,
    );
  }
  return { forgotten, portal };
}

async function forget(repl: RawRepl, board: BoardFiles, names: readonly string[]): Promise<string[]> {
  const file = await board.read(CREDENTIALS_FILE);
  const inFile = file && (storedNetwork(file) ?? 'a damaged credentials file');
  // Its temporary file holds a password too.
  await board.remove(names.filter((name) => name.startsWith(CREDENTIALS_FILE)));
  const inSdk = Buffer.from((await repl.exec(FORGET_IN_SDK)).trim(), 'hex').toString('utf8');
  if ((await board.list()).some((name) => name.startsWith(CREDENTIALS_FILE))) {
    throw new PortalError('board-error', `${CREDENTIALS_FILE} is still on the board after it was removed.`);
  }
  return [...new Set([inFile, inSdk])].filter((name) => name !== undefined && name !== '') as string[];
}
