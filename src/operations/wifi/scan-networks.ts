// wifi scan: the networks that the board sees.

import builtIns from '../../board-scripts/common/built_ins.py';
import { assemble } from '../../board-scripts/python-source.js';
import scan from '../../board-scripts/wifi/scan.py';
import { isListOf, isNumber, isText, parseAnswer } from '../../micropython/board-answer.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import type { OperationOptions } from '../../progress.js';
import { type FoundNetwork, mergeNetworks, type ScannedAccessPoint } from './networks.js';
import { RADIO_IDLE_MS, withWifi } from './wifi-session.js';

export interface ScanResult {
  readonly networks: readonly FoundNetwork[];
  /** The chip also receives 5 GHz. */
  readonly has5GHz: boolean;
}

/** @throws PortalError as withWifi */
export async function scanNetworks(port: Port, options: OperationOptions = {}): Promise<ScanResult> {
  return withWifi(port, options, { needsPortal: false }, async ({ repl, machine }) => {
    options.onProgress?.({ event: 'step', step: 'scan-networks' });
    return { networks: await scanOn(repl), has5GHz: /\bC5|32-?C5/.test(machine) };
  });
}

export async function scanOn(repl: RawRepl): Promise<FoundNetwork[]> {
  const answer = await repl.exec(assemble([builtIns, scan]), { idleMs: RADIO_IDLE_MS });
  return mergeNetworks(parseAnswer(answer, isListOf(isAccessPoint)));
}

function isAccessPoint(value: unknown): value is ScannedAccessPoint {
  if (!Array.isArray(value) || value.length !== 5) return false;
  const [ssidHex, channel, rssi, security, isHidden] = value;
  return (
    isText(ssidHex) &&
    /^(?:[\da-f]{2}){0,32}$/.test(ssidHex) &&
    [channel, rssi, security].every(isNumber) &&
    typeof isHidden === 'boolean'
  );
}
