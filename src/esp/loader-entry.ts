// Resets a board into its ROM loader, or finds the stub that an earlier run left. Independent of what is done there.

import { PortalError } from '../errors.js';
import { answerTimeout, type NativeUsb, type Port } from '../port/port.js';
import { type ESPLoader, ROM_BAUD_RATE } from './packet-transport.js';
import {
  loaderSequences,
  playSteps,
  type ResetSequence,
  releaseStep,
  runResetSequence,
  USB_SERIAL_JTAG,
} from './resets.js';
import type { PacketChannel } from './slip.js';

const SYNCS_PER_ATTEMPT = 5;
/** The second one finds a chip that was not ready for the first. */
const MIN_SYNCS_PER_ATTEMPT = 2;
/** No further one begins after this; five to a board that does not answer take half of it. */
const SYNC_MS = 1000;

/** An answer at the new rate comes at once or never. */
export const RATE_PROBE_TIMEOUT_MS = 500;

/** A port and esptool-js's protocol primitives over it. */
export interface LoaderLink {
  readonly port: Port;
  readonly channel: PacketChannel;
  readonly esp: ESPLoader;
  readonly signal: AbortSignal | undefined;
}

/** What the reset into the loader has shown. */
interface EnteredLoader {
  /** Whether the ROM printed its banner after a reset by the control lines. */
  readonly linesWork: boolean;
  /** Of a board whose port does not say it, as behind a network. */
  readonly remoteUsb: NativeUsb | undefined;
}

/**
 * @param own reset sequence instead of those that are usual for such a port
 * @returns `undefined` if no loader answers
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function enterRom(
  link: LoaderLink,
  own: ResetSequence | undefined,
): Promise<EnteredLoader | undefined> {
  const { port, channel, signal } = link;
  await port.setBaudRate(ROM_BAUD_RATE);
  const sequences = own ? [own, own, own] : loaderSequences(port.usb?.kind, port.roundTripMs > 0);
  for (const sequence of sequences) {
    const rise = releaseStep(sequence);
    await playSteps(port, sequence.slice(0, rise), signal);
    await channel.discard(); // the chip is in reset: what came is from before
    await runResetSequence(port, sequence.slice(rise), signal);
    // The ROM answers only after its banner, which may come as late as the answer. A board that waits in its loader
    // already prints nothing.
    const strayBytes = channel.decoder.strayBytes;
    if (!(await sync(link))) continue;
    const remoteUsb =
      !port.usb && sequence === USB_SERIAL_JTAG
        ? ({ kind: 'usb-serial-jtag', mac: undefined } as const)
        : undefined;
    const usb = port.usb ?? remoteUsb;
    return {
      linesWork: usb?.kind === 'usb-serial-jtag' || channel.decoder.strayBytes > strayBytes,
      remoteUsb,
    };
  }
  return undefined;
}

async function sync({ port, channel, esp, signal }: LoaderLink): Promise<boolean> {
  // Over a slow network one attempt takes as long as several.
  const endsAt = performance.now() + answerTimeout(port, SYNC_MS);
  for (let attempt = 0; attempt < SYNCS_PER_ATTEMPT; attempt++) {
    if (attempt >= MIN_SYNCS_PER_ATTEMPT && performance.now() > endsAt) return false;
    if (await isAnswered(signal, () => channel.keepingInput(() => esp.sync()))) return true;
  }
  return false;
}

/**
 * Finds a stub on a board that cannot be reset.
 * @param baudRate at which it may listen
 */
export async function findStub(link: LoaderLink, baudRate: number): Promise<boolean> {
  await link.port.setBaudRate(baudRate);
  if (!(await answersWithin(link, RATE_PROBE_TIMEOUT_MS))) return false;
  // biome-ignore lint/complexity/useLiteralKeys: private, and what runStub goes by
  link.esp['syncStubDetected'] = true;
  link.esp.transport.baudrate = baudRate;
  return true;
}

/** Whether a loader answers at the current baud rate. */
export async function answersWithin({ esp, signal }: LoaderLink, timeoutMs: number): Promise<boolean> {
  return isAnswered(signal, () => esp.readReg(esp.CHIP_DETECT_MAGIC_REG_ADDR, timeoutMs));
}

/** @throws PortalError that ends the connection; the signal's reason */
async function isAnswered(signal: AbortSignal | undefined, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PortalError) throw error;
    return false;
  }
}
