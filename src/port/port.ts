// The interface of a serial port: bytes, two control lines, a baud rate.
// Independent of its kind (USB, network, virtual board).

import type { NativeUsbKind } from './discovery/usb-adapters.js';

/** State of the two control lines, as the host asserts them (asserted = electrically low). */
export interface ControlLines {
  readonly dtr: boolean;
  readonly rts: boolean;
}

/** A notice for the user, such as the address of the board's web server. */
export interface PortNotice {
  readonly event: 'notice';
  readonly message: string;
  /** Set when the notice is about an address on this machine, e.g. `http://127.0.0.1:8080/`. */
  readonly url?: string;
}

/** The USB port of a chip itself. */
export interface NativeUsb {
  /** Changes when the chip comes back as another device. */
  readonly kind: NativeUsbKind;
  /** The chip's MAC address as its USB device reports it, e.g. `7c:df:a1:00:11:22`. */
  readonly mac: string | undefined;
}

/** An open serial port. Every method throws `port-lost` once the port has gone. */
export interface Port extends AsyncDisposable {
  /** What the user called it, for messages. */
  readonly name: string;
  readonly baudRate: number;
  /** `false` for a port without DTR and RTS, which cannot reset a board. */
  readonly hasLines: boolean;
  /** Kind of native USB, which determines how the chip is reset. */
  readonly usb: NativeUsb | undefined;
  /** What a network adds between a byte to the board and its answer, as measured when the port was opened; else 0. */
  readonly roundTripMs: number;

  /**
   * Takes all bytes received so far, waiting for the first. Several reads may wait at once: one of them gets the bytes,
   * and the others wait on.
   * @returns at least one byte, or `undefined` when `timeoutMs` passed without one
   * @throws PortalError `port-lost`; the signal's reason when it aborts
   */
  read(options: { timeoutMs: number; signal?: AbortSignal | undefined }): Promise<Uint8Array | undefined>;

  /** Resolves when the bytes have left this computer. */
  write(bytes: Uint8Array): Promise<void>;

  /** Sets both lines. On a port without lines (a pseudo-terminal) it reports that once. */
  setLines(lines: ControlLines): Promise<void>;

  /** Changes the rate once everything written has left. */
  setBaudRate(baudRate: number): Promise<void>;
}

/**
 * How long an answer may take that the board gives within `timeoutMs`. Twice the measured round trip, because a network
 * is not always as fast as at first.
 */
export function answerTimeout({ roundTripMs }: Pick<Port, 'roundTripMs'>, timeoutMs: number): number {
  return timeoutMs + 2 * roundTripMs;
}

/**
 * The lines while nothing is done with them. MicroPython's own USB port takes DTR off for "nothing is connected" and keeps
 * only its latest output (`shared/tinyusb/mp_usbd_cdc.c`). Behind a network it is not known whether that is such a port: both
 * lines on, as pyserial has them, suit it as well, and pull nothing behind a bridge.
 */
export function restLines({ usb, roundTripMs }: Pick<Port, 'usb' | 'roundTripMs'>): ControlLines {
  const isUnknown = !usb && roundTripMs > 0;
  return { dtr: isUnknown || usb?.kind === 'usb-cdc', rts: isUnknown };
}
