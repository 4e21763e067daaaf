// The USB port of a chip that leaves the bus in the midst of a command: it stays away, cannot be opened or leaves again
// at each step, or comes back together with another board.

import { openPort } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PortalError } from '../../src/errors.js';
import { checkFirmware, flash } from '../../src/operations/flash/flash.js';
import type { ListedPort } from '../../src/port/discovery/discovery.js';
import { openNativeUsb } from '../../src/port/native-usb-port.js';
import type { NativeUsb, Port } from '../../src/port/port.js';
import { openStreamPort } from '../../src/port/stream-port.js';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

const addressOf = (name: string, chip: string, usb: string) =>
  `virtual:${name}?chip=${chip}&usb=${usb}&speed=max&http=0&dns=0`;
const imageFor = (address: string) => checkFirmware(virtualBoard(address).ownFirmware, 'own firmware');

/** The computer to which virtual boards are attached. */
class Computer {
  readonly #boards = new Map<string, NonNullable<ReturnType<typeof virtualBoard>['usb']>>();
  /** Changes what the system lists. */
  seen: (devices: ListedPort[]) => ListedPort[] = (devices) => devices;
  /** Replaces a port that was opened, or refuses to open it. */
  opened: (port: Port, count: number) => Port = (port) => port;
  /** How long a device that has left may stay away: short where it never comes back. */
  patienceMs = 10_000;

  readonly list = async (): Promise<ListedPort[]> => {
    const lists = await Promise.all([...this.#boards.values()].map((bus) => bus.list()));
    return this.seen(lists.flat());
  };

  async attach(address: string): Promise<Port> {
    const { name, usb: bus } = virtualBoard(address);
    if (!bus) throw new Error(`${name} has no native USB`);
    this.#boards.set(name, bus);
    const path = await bus.plugIn(115200);
    let count = 0;
    const open = async (at: string, usb: NativeUsb, baudRate: number): Promise<Port> => {
      // As the driver does it: the path decides which device is opened.
      const [, { binding } = bus] = [...this.#boards].find(([board]) => at.startsWith(`${board}/`)) ?? [];
      const port = await openStreamPort({ name, path: at, usb, baudRate, binding, onNotice: () => {} });
      try {
        return this.opened(port, ++count);
      } catch (error) {
        await port[Symbol.asyncDispose]();
        throw error;
      }
    };
    const computer = this;
    const port = await openNativeUsb({
      ...{
        name,
        path,
        baudRate: 115200,
        retryMs: 5,
        bus: { list: this.list, open, close: () => bus.close() },
      },
      get returnTimeoutMs() {
        return computer.patienceMs;
      },
    });
    if (!port) throw new Error(`${name} left the bus`);
    return port;
  }
}

/** Leaves the bus with the first call. */
class LeavingPort extends RecordingPort {
  override async write(): Promise<void> {
    throw new PortalError('port-lost', 'it left the bus again');
  }
  override async read(): Promise<undefined> {
    throw new PortalError('port-lost', 'it left the bus again');
  }
  override async setLines(): Promise<void> {
    throw new PortalError('port-lost', 'it left the bus again');
  }
  override async setBaudRate(): Promise<void> {
    throw new PortalError('port-lost', 'it left the bus again');
  }
}

/** Chips and kinds of port; each leaves the bus twice in a run of `flash`: into its loader and out of it. */
const KINDS = [
  ['esp32c3', 'serial-jtag'],
  ['esp32s2', 'otg'],
  ['esp32s3', 'otg'],
] as const;

/** The port is opened at the start, in the loader and with the new firmware. */
const STEPS = [
  [2, 'on the way into the loader', 'Nothing on the board was changed.'],
  [3, 'on the way to the firmware', 'The firmware is complete and verified.'],
] as const;

describe.each(KINDS)('an %s over %s', (chip, usb) => {
  const address = addressOf(`cut-${chip}-${usb}`, chip, usb);
  const newer = imageFor(address);
  const older = imageFor(address.replace('?', '?micropython=1.23&'));
  beforeAll(async () => {
    await using port = await openPort(address);
    await flash(port, { firmware: older });
  });

  test('is followed where it cannot be opened at once, and where it leaves again', async () => {
    const computer = new Computer();
    computer.opened = (port, count) => {
      if (count === 2 || count === 6) throw new PortalError('port-denied', 'no permission yet');
      if (count === 3 || count === 7) throw new PortalError('port-busy', 'a modem manager looks at it');
      return count === 4 || count === 8 ? new LeavingPort(port) : port;
    };
    await using port = await computer.attach(address);
    expect(await flash(port, { firmware: newer })).toMatchObject({ plan: 'write', version: '1.27.0' });
  });

  test.each(STEPS)(
    'that stays away from opening %i, %s, is lost with its state',
    async (step, _way, state) => {
      const computer = new Computer();
      let opened = 0;
      computer.opened = (port, count) => {
        opened = count;
        if (count === step - 1) computer.patienceMs = 50; // it does not come back
        return port;
      };
      computer.seen = (devices) => (opened === step - 1 ? [] : devices);
      await using port = await computer.attach(address);
      const flashing = flash(port, { firmware: older });
      await expect(flashing).rejects.toThrow(`did not come back within 0.05 s. ${state}`);
      await expect(flashing).rejects.toMatchObject({
        code: 'port-lost',
        next: expect.stringContaining('Hold BOOT, press RESET'),
      });
      expect(opened).toBe(step - 1);
    },
  );
});

describe.each(KINDS.slice(0, 2))('two boards with an %s over %s that restart at once', (chip, usb) => {
  async function two(name: string) {
    const computer = new Computer();
    const addresses = ['a', 'b'].map((each) => addressOf(`${name}-${chip}-${usb}-${each}`, chip, usb));
    const ports = await Promise.all(addresses.map((address) => computer.attach(address)));
    return { computer, addresses, ports };
  }

  test('are each written with their own firmware', async () => {
    const { addresses, ports } = await two('both');
    const images = addresses.map((address, index) =>
      imageFor(index === 0 ? address : address.replace('?', '?micropython=1.23&')),
    );
    await Promise.all(
      images.map((firmware, index) => flash(ports[index] ?? expect.unreachable(), { firmware })),
    );
    for (const [index, { offset, bytes }] of images.entries()) {
      const written = home.flash(`both-${chip}-${usb}-${'ab'[index]}`).subarray(offset);
      expect(written.subarray(0, bytes.length).equals(bytes)).toBe(true);
    }
    await Promise.all(ports.map((port) => port[Symbol.asyncDispose]()));
  });
});

test('a board that comes back without its MAC address at the place of another one is not written', async () => {
  const addresses = ['a', 'b'].map((each) => addressOf(`swapped-${each}`, 'esp32s2', 'otg'));
  const computer = new Computer();
  for (const address of addresses) {
    await using before = await openPort(address);
    await flash(before, { firmware: imageFor(address) });
  }
  const written = home.flash('swapped-b');
  const [one, other] = await Promise.all(addresses.map((address) => computer.attach(address)));
  if (!one || !other) throw new Error('not attached');
  // The cables are swapped while both are in their loaders.
  computer.seen = (devices) =>
    devices.map((device) => {
      const partner = devices.find(({ path }) => path !== device.path);
      return device.productId === '0002' ? { ...device, locationId: partner?.locationId } : device;
    });
  const [result] = await Promise.allSettled([
    flash(one, { firmware: imageFor(addresses[0] ?? ''), erase: true }),
    flash(other, { firmware: imageFor(addresses[1] ?? ''), dryRun: true }),
  ]);
  expect(result).toMatchObject({
    status: 'rejected',
    reason: { code: 'port-ambiguous', message: expect.stringContaining('Nothing on the board was changed.') },
  });
  expect(home.flash('swapped-b').equals(written)).toBe(true);
  await Promise.all([one, other].map((port) => port[Symbol.asyncDispose]()));
});
