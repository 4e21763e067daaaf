// A Port on a chip with native USB. Such a port disappears when the chip restarts, and comes back within seconds, perhaps
// with another path, product id and serial number: reads and writes continue on it.

import { delay } from '../delay.js';
import { PortalError } from '../errors.js';
import { type DiscoveredPort, type ListPorts, recognise } from './discovery/discovery.js';
import type { ControlLines, NativeUsb, Port } from './port.js';

const RETRY_MS = 100;
/** Windows needs seconds for a new device. */
const RETURN_TIMEOUT_MS = 10_000;

/** The USB devices of a computer. */
interface UsbBus {
  list: ListPorts;
  /** Opens a port that it lists. */
  open(path: string, usb: NativeUsb, baudRate: number): Promise<Port>;
  /** Called when the port is closed. */
  close?(): Promise<void>;
}

/** How a chip is identified across USB devices. */
interface ChipIdentity {
  readonly mac: string | undefined;
  /** Its place on the hubs. */
  readonly location: string | undefined;
}

interface NativeUsbOptions {
  /** What the user called the port. */
  name: string;
  path: string;
  baudRate: number;
  bus: UsbBus;
  retryMs?: number;
  returnTimeoutMs?: number;
}

/**
 * @returns `undefined` for a port that is not a chip's own
 * @throws PortalError as openStreamPort
 */
export async function openNativeUsb(options: NativeUsbOptions): Promise<Port | undefined> {
  const { path, baudRate, bus } = options;
  const listed = await bus.list();
  const found = recognise(listed).find((port) => port.path === path);
  const usb = found && nativeUsb(found);
  if (!usb) return undefined;
  const location = listed.find((port) => port.path === path)?.locationId;
  return new NativeUsbPort(await bus.open(path, usb, baudRate), { mac: usb.mac, location }, options);
}

function nativeUsb({ kind, mac }: DiscoveredPort): NativeUsb | undefined {
  return kind === undefined || kind === 'uart-bridge' ? undefined : { kind, mac };
}

/**
 * The device of this chip among those that are plugged in: by its MAC address, or else by its place. One with the MAC
 * address of another chip is never taken.
 * @returns `undefined` while it is not connected or ambiguous
 */
export function findChip(
  { mac, location }: ChipIdentity,
  listed: Awaited<ReturnType<ListPorts>>,
): (NativeUsb & { readonly path: string }) | undefined {
  const devices = recognise(listed).flatMap((port) => {
    const usb = nativeUsb(port);
    const { locationId } = listed.find(({ path }) => path === port.path) ?? {};
    return usb ? [{ ...usb, path: port.path, locationId }] : [];
  });
  const known = mac === undefined ? undefined : devices.find((device) => device.mac === mac);
  if (known) return known;
  const possible = devices.filter((device) => mac === undefined || device.mac === undefined);
  const there = possible.filter(({ locationId }) => location !== undefined && locationId === location);
  return there.length === 1 ? there[0] : undefined;
}

class NativeUsbPort implements Port {
  readonly name: string;
  #port: Port;
  readonly #chip: ChipIdentity;
  readonly #options: NativeUsbOptions;
  /** What came from the device before it left, where a write noticed that first. */
  #unread: Uint8Array | undefined;
  /** Set while the device is away. */
  #returning: Promise<void> | undefined;
  readonly #closed = new AbortController();

  constructor(port: Port, chip: ChipIdentity, options: NativeUsbOptions) {
    this.name = options.name;
    this.#port = port;
    this.#chip = chip;
    this.#options = options;
  }

  get usb(): NativeUsb | undefined {
    // The ROM's own device may not report the address.
    const { usb } = this.#port;
    return usb && { kind: usb.kind, mac: usb.mac ?? this.#chip.mac };
  }

  get baudRate(): number {
    return this.#port.baudRate;
  }

  get hasLines(): boolean {
    return this.#port.hasLines;
  }

  get roundTripMs(): number {
    return this.#port.roundTripMs;
  }

  async read({
    timeoutMs,
    signal,
  }: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const unread = this.#unread;
      this.#unread = undefined;
      if (unread) return unread;
      const leftMs = Math.max(0, deadline - performance.now());
      if (this.#returning) {
        if (!(await within(this.#returning, leftMs, signal))) return undefined;
        continue;
      }
      try {
        return await this.#port.read({ timeoutMs: leftMs, signal });
      } catch (error) {
        this.#expectReturn(error);
      }
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#withDevice((port) => port.write(bytes));
  }

  async setLines(lines: ControlLines): Promise<void> {
    await this.#withDevice((port) => port.setLines(lines));
  }

  async setBaudRate(baudRate: number): Promise<void> {
    await this.#withDevice((port) => port.setBaudRate(baudRate));
  }

  async #withDevice(action: (port: Port) => Promise<void>): Promise<void> {
    for (;;) {
      await this.#returning;
      try {
        return await action(this.#port);
      } catch (error) {
        this.#expectReturn(error);
      }
    }
  }

  /** @throws what is no loss of the device */
  #expectReturn(error: unknown): void {
    const isLost = error instanceof PortalError && error.code === 'port-lost';
    if (!isLost || this.#closed.signal.aborted) throw error;
    if (this.#returning) return;
    this.#returning = this.#comeBack();
    this.#returning.catch(() => {}); // thrown where it is waited for
  }

  async #comeBack(): Promise<void> {
    const { bus, retryMs = RETRY_MS, returnTimeoutMs = RETURN_TIMEOUT_MS } = this.#options;
    const before = this.#port;
    const deadline = performance.now() + returnTimeoutMs;
    this.#unread = await before.read({ timeoutMs: 0 }).catch(() => undefined);
    await before[Symbol.asyncDispose]();
    while (performance.now() < deadline) {
      await delay(retryMs, this.#closed.signal);
      const device = findChip(this.#chip, await bus.list());
      if (!device) continue;
      try {
        this.#port = await bus.open(device.path, device, before.baudRate);
        this.#returning = undefined;
        return;
      } catch (error) {
        // It has just come: busy, not yet permitted, or gone again.
        if (!(error instanceof PortalError && error.code.startsWith('port-'))) throw error;
      }
    }
    throw new PortalError(
      'port-lost',
      `${this.name} left the USB bus and did not come back within ${returnTimeoutMs / 1000} s.`,
      {
        next: 'Hold BOOT, press RESET, release BOOT, or reconnect the board; then run the same command again.',
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new PortalError('port-lost', `${this.name} was closed.`));
    await this.#returning?.catch(() => {});
    await this.#port[Symbol.asyncDispose]();
    await this.#options.bus.close?.();
  }
}

/** @returns whether it came true in time */
async function within(
  promise: Promise<void>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const over = new AbortController();
  const ends = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const timeout = delay(timeoutMs, ends).then(() => false);
  timeout.catch(() => {}); // an abort that comes after the race is over
  try {
    return await Promise.race([promise.then(() => true), timeout]);
  } finally {
    over.abort();
  }
}
