// wifi status: how a board is connected while its program is interrupted.

import builtIns from '../../board-scripts/common/built_ins.py';
import { assemble } from '../../board-scripts/python-source.js';
import status from '../../board-scripts/wifi/status.py';
import type { LogEntry } from '../../log/events.js';
import { isListOf, isNumber, isText, parseAnswer, parseHex } from '../../micropython/board-answer.js';
import type { Port } from '../../port/port.js';
import { networkName } from '../../portal/wifi-creds.js';
import type { OperationOptions } from '../../progress.js';
import { BoardLog } from '../log/board-log.js';
import { withWifi } from './wifi-session.js';

export interface WifiStatus {
  readonly isConnected: boolean;
  /** What follows is absent without a connection, or if the firmware does not tell it. */
  readonly ssid?: string | undefined;
  readonly address?: string | undefined;
  readonly netmask?: string | undefined;
  readonly gateway?: string | undefined;
  readonly dns?: string | undefined;
  /** In dBm. */
  readonly rssi?: number | undefined;
  readonly channel?: number | undefined;
  readonly hostname?: string | undefined;
  /** Its name for other computers of the network, where the firmware answers it. */
  readonly mdnsName?: string | undefined;
}

type Answer = [
  isActive: boolean,
  isConnected: boolean,
  ssidHex: string,
  addresses: string[],
  rssi: number | null,
  channel: number | null,
  hostname: string,
];

/** A board that has just started sends something within this time. */
const BOOT_OUTPUT_MS = 1500;
/** From the start until the board is in its network, or its portal is open. */
const START_MS = 20_000;
const IS_STARTING = /^(?:boot|creds|wifi|ap|portal)\./;
const IS_STARTED = /^(?:boot\.micropython|wifi\.connected|portal\.ready|python\.traceback)$/;

/**
 * Interrupts the program on the board, but not before a board that is starting had time to join its network: opening a port
 * restarts some boards.
 * @throws PortalError as withWifi
 */
export async function wifiStatus(port: Port, options: OperationOptions = {}): Promise<WifiStatus> {
  await whileStarting(port, options.signal);
  const use = { needsPortal: false, keepsProgram: true };
  return withWifi(port, options, use, async ({ repl, platform }) => {
    const answer = parseAnswer(await repl.exec(assemble([builtIns, status])), isAnswer);
    return readStatus(answer, platform);
  });
}

async function whileStarting(port: Port, signal: AbortSignal | undefined): Promise<void> {
  const log = new BoardLog(port);
  const matches =
    (pattern: RegExp) =>
    (entry: LogEntry): entry is LogEntry =>
      pattern.test(entry.event);
  const first = await log.waitFor(matches(IS_STARTING), { timeoutMs: BOOT_OUTPUT_MS, signal });
  if (first && !IS_STARTED.test(first.event))
    await log.waitFor(matches(IS_STARTED), { timeoutMs: START_MS, signal });
}

function readStatus(answer: Answer, platform: string): WifiStatus {
  const [, isConnected, ssidHex, [address, netmask, gateway, dns], rssi, channel, hostname] = answer;
  const name = hostname === '' ? undefined : hostname;
  if (!isConnected) return { isConnected, hostname: name };
  return {
    isConnected,
    ssid: ssidHex === '' ? undefined : networkName(parseHex(ssidHex)),
    ...{ address, netmask, gateway, dns },
    rssi: rssi ?? undefined,
    channel: channel ?? undefined,
    hostname: name,
    mdnsName: mdnsName(hostname, platform),
  };
}

/** Only the ESP32's firmware has a responder. */
export function mdnsName(host: string, platform: string): string | undefined {
  return host !== '' && platform === 'esp32' ? `${host}.local` : undefined;
}

const isFlag = (value: unknown) => typeof value === 'boolean';
const isNumberOrNull = (value: unknown) => value === null || isNumber(value);
const FIELDS = [isFlag, isFlag, isText, isListOf(isText), isNumberOrNull, isNumberOrNull, isText];

function isAnswer(value: unknown): value is Answer {
  return Array.isArray(value) && value.length === FIELDS.length && FIELDS.every((is, at) => is(value[at]));
}
