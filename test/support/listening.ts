// Waits for another program to listen on TCP. A connection that only looks would be a client: QEMU takes one, and
// ser2net 4.3 may keep its port in use for ever after one that leaves at once.

import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** State of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

export async function listening(tcpPort: number, program: ChildProcess): Promise<void> {
  const local = `0100007F:${tcpPort.toString(16).toUpperCase().padStart(4, '0')}`;
  for (let attempt = 0; attempt < 600; attempt++) {
    if (program.exitCode !== null) throw new Error(`${program.spawnfile} ended with ${program.exitCode}`);
    const sockets = readFileSync('/proc/net/tcp', 'utf8').split('\n');
    if (sockets.some((line) => line.includes(` ${local} 00000000:0000 ${LISTEN} `))) return;
    await delay(50);
  }
  throw new Error(`${program.spawnfile} does not listen on ${tcpPort}`);
}
