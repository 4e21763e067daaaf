// Restarts a board before its log is followed: by its reset line, or by its REPL where no line resets it.

import { PortalError } from '../../errors.js';
import { BootBaudPort, restart } from '../../esp/boot-baud.js';
import { RawRepl } from '../../micropython/raw-repl.js';
import { ByteReader } from '../../port/byte-reader.js';
import { type Port, restLines } from '../../port/port.js';

/** A chip that leaves its reset prints something earlier, at whatever rate. */
const BOOT_PRINTS_WITHIN_MS = 1500;

/**
 * @throws PortalError `repl-…` for a program that keeps a board without reset lines from being restarted, `port-lost`; the
 *   signal's reason
 */
export async function restartBoard(
  port: Port | BootBaudPort,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (hasUsbOfMicroPython(port)) return restartByRepl(port, signal);
  await restartByLines(port, signal);
  const isKnown = port.usb !== undefined || port.roundTripMs === 0 || !port.hasLines;
  if (isKnown || (await printsSomething(port, signal))) return;
  try {
    await port.setLines(restLines(port)); // MicroPython's own USB port behind a network prints nothing without DTR
    await restartByRepl(port, signal);
  } catch (error) {
    if (!(error instanceof PortalError && error.code.startsWith('repl-'))) throw error;
  }
}

/** The same while another reader follows the log; a program that cannot be interrupted goes on. */
export async function restartWhileFollowed(
  port: Port | BootBaudPort,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (hasUsbOfMicroPython(port)) await RawRepl.restart(port, signal);
  else await restartByLines(port, signal);
}

/** The lines of this port are messages to MicroPython, and none of them restarts it. */
function hasUsbOfMicroPython({ usb }: Port): boolean {
  return usb?.kind === 'usb-cdc';
}

async function restartByRepl(port: Port, signal: AbortSignal | undefined): Promise<void> {
  const repl = await RawRepl.enter(port, signal);
  await repl.restartBoard();
}

async function restartByLines(port: Port | BootBaudPort, signal: AbortSignal | undefined): Promise<void> {
  if (port instanceof BootBaudPort) await port.reset(signal);
  else await restart(port, signal);
}

async function printsSomething(port: Port, signal: AbortSignal | undefined): Promise<boolean> {
  const reader = ByteReader.of(port);
  const first = await reader.readExactly(1, { timeoutMs: BOOT_PRINTS_WITHIN_MS, signal });
  reader.unread(first);
  return first.length > 0;
}
