// Limits of a board's sockets and their buffers: options of lwIP in each firmware.

import type { Chip } from '../radio/radio.js';
import { isAtLeast } from '../versions.js';

export interface SocketLimits {
  /** TCP connections, those that wait to be accepted included. */
  readonly connections: number;
  /** Whether one that finds the backlog full is reset. */
  readonly resetsOverBacklog: boolean;
  readonly listeners: number;
  readonly udpSockets: number;
  /** Datagrams that wait in a socket; a further one is lost. */
  readonly datagrams: number;
  /** Size of a connection's send buffer. */
  readonly sendBufferBytes: number;
}

/** MEMP_NUM_TCP_PCB, MEMP_NUM_TCP_PCB_LISTEN, MEMP_NUM_UDP_PCB, TCP_SND_BUF: two segments of 536 bytes. */
const ESP8266 = {
  connections: 5,
  resetsOverBacklog: true,
  listeners: 2,
  udpSockets: 4,
  sendBufferBytes: 2 * 536,
};
/** ESP-IDF's CONFIG_LWIP_MAX_SOCKETS (ten of all kinds), …_UDP_RECVMBOX_SIZE and …_TCP_SND_BUF_DEFAULT. */
const ESP32 = {
  connections: 10,
  resetsOverBacklog: false,
  listeners: 10,
  udpSockets: 10,
  datagrams: 6,
  sendBufferBytes: 5760,
};

/** @param version of MicroPython: extmod/modlwip.c keeps one datagram before 1.26 and four from then on */
export function socketLimits(chip: Chip, version: string): SocketLimits {
  return chip === 'esp32' ? ESP32 : { ...ESP8266, datagrams: isAtLeast(version, '1.26') ? 4 : 1 };
}
