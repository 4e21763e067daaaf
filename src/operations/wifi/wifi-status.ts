// wifi status: how a board is connected while its program is interrupted.

import builtIns from '../../board-scripts/common/built_ins.py';
import { assemble } from '../../board-scripts/python-source.js';
import status from '../../board-scripts/wifi/status.py';
import { isListOf, isNumber, isText, parseAnswer, parseHex } from '../../micropython/board-answer.js';
import type { Port } from '../../port/port.js';
import { networkName } from '../../portal/wifi-creds.js';
import { type WifiOptions, withWifi } from './wifi-session.js';

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

/** @throws PortalError as withWifi */
export async function wifiStatus(port: Port, options: WifiOptions = {}): Promise<WifiStatus> {
  const use = { needsPortal: false, keepsProgram: true };
  return withWifi(port, options, use, async ({ repl, platform }) => {
    const answer = parseAnswer(await repl.exec(assemble([builtIns, status])), isAnswer);
    return readStatus(answer, platform);
  });
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
    // Only the ESP32's firmware has a responder.
    mdnsName: name !== undefined && platform === 'esp32' ? `${name}.local` : undefined,
  };
}

const isFlag = (value: unknown) => typeof value === 'boolean';
const isNumberOrNull = (value: unknown) => value === null || isNumber(value);
const FIELDS = [isFlag, isFlag, isText, isListOf(isText), isNumberOrNull, isNumberOrNull, isText];

function isAnswer(value: unknown): value is Answer {
  return Array.isArray(value) && value.length === FIELDS.length && FIELDS.every((is, at) => is(value[at]));
}
