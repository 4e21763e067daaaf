import { expect, test, vi } from 'vitest';
import type { Binding, BindingPort, OpenOptions } from '../../../../src/port/binding-types.js';
import { ReceiveBuffer } from '../../../../src/port/receive-buffer.js';
import { inTurn } from '../../../../src/virtual-board/in-turn.js';
import type { UsbDevice } from '../../../../src/virtual-board/usb/bus-presence.js';
import { VirtualUsbBus } from '../../../../src/virtual-board/usb/usb-bus.js';

/** A board of which the test says what it does. */
function scriptedBoard() {
  const texts: string[] = [];
  let wake = () => {};
  let change: (device: UsbDevice | undefined) => void = () => {};
  const binding = (onUsbDevice: typeof change): Binding => ({
    list: async () => [],
    async open(options: OpenOptions) {
      change = onUsbDevice;
      queueMicrotask(() => change({ productId: '1001', serialNumber: '7cdfa1001122' }));
      return {
        isOpen: true,
        openOptions: options,
        async read(buffer: Buffer) {
          while (texts.length === 0) await new Promise<void>((resolve) => (wake = resolve));
          return { buffer, bytesRead: buffer.write(texts.shift() ?? '', 'latin1') };
        },
        set: async () => {},
        close: async () => {},
      } as unknown as BindingPort;
    },
  });
  const print = async (text: string) => {
    texts.push(text);
    wake();
    await new Promise(setImmediate);
  };
  return {
    binding,
    print,
    restart() {
      change(undefined);
      change({ productId: '1001', serialNumber: '7cdfa1001122' });
    },
  };
}

async function textFrom(port: BindingPort): Promise<string> {
  const buffer = Buffer.alloc(8192);
  const { bytesRead } = await port.read(buffer, 0, buffer.length);
  return buffer.toString('latin1', 0, bytesRead);
}

test('what a chip prints after its device has come is held until a program opens that, up to 4 KB', async () => {
  const board = scriptedBoard();
  const bus = new VirtualUsbBus({ name: 'b', board: board.binding });
  const before = await bus.binding.open({ path: await bus.plugIn(115200), baudRate: 115200 });
  board.restart();
  await before.close();
  await board.print('ready');
  for (let line = 0; line < 100; line++) await board.print('x'.repeat(64));
  const [device] = await bus.list();
  const port = await bus.binding.open({ path: device?.path ?? '', baudRate: 115200 });
  await board.print('now');
  const text = await textFrom(port);
  expect(text).toMatch(/^readyx+now$/);
  expect(text).toHaveLength(5 + 63 * 64 + 3);
  await bus.close();
});

test('what a chip prints before a restart is not for the program that opens its next device', async () => {
  const board = scriptedBoard();
  const bus = new VirtualUsbBus({ name: 'b', board: board.binding });
  await bus.plugIn(115200);
  await board.print('old');
  board.restart();
  await board.print('new');
  const [device] = await bus.list();
  const port = await bus.binding.open({ path: device?.path ?? '', baudRate: 115200 });
  expect(await textFrom(port)).toBe('new');
  await bus.close();
});

/** A board that sends what it has kept as soon as its lines are set, before the call returns. */
function boardThatSendsAtOnce(onUsbDevice: (device: UsbDevice | undefined) => void): Binding {
  const received = new ReceiveBuffer();
  const device = { productId: '4001', serialNumber: '7cdfa1001122' };
  const send = inTurn((text: string) => received.push(Buffer.from(text)));
  const change = inTurn(onUsbDevice);
  return {
    list: async () => [],
    async open(options: OpenOptions) {
      change(device);
      return {
        isOpen: true,
        openOptions: options,
        read: async (buffer: Buffer, offset: number, length: number) => ({
          buffer,
          bytesRead: await received.read(buffer, offset, length),
        }),
        set: async () => {
          send('kept');
          await new Promise(setImmediate);
        },
        // As one piece from a process that had to wait may have it.
        write: async () => {
          send('last words');
          change(undefined);
          change(device);
          send('first words');
        },
        close: async () => {},
      } as unknown as BindingPort;
    },
  };
}

test('what a chip sends when DTR comes on reaches the program that opens its device', async () => {
  const bus = new VirtualUsbBus({ name: 'b', board: boardThatSendsAtOnce });
  const path = await bus.plugIn(115200);
  const port = await bus.binding.open({ path, baudRate: 115200 });
  const buffer = Buffer.alloc(64);
  const { bytesRead } = await port.read(buffer, 0, 64);
  expect(buffer.toString('latin1', 0, bytesRead)).toBe('kept');
  await port.close();
});

test('what a chip has sent before it left the bus arrives, then the port fails; what comes after is for the next', async () => {
  const bus = new VirtualUsbBus({ name: 'b', board: boardThatSendsAtOnce });
  const path = await bus.plugIn(115200);
  const port = await bus.binding.open({ path, baudRate: 115200 });
  expect(await textFrom(port)).toBe('kept');
  await port.write(Buffer.from('x'));
  expect(await textFrom(port)).toBe('last words');
  await expect(textFrom(port)).rejects.toThrow('EIO');
  await port.close();
  const [device] = await vi.waitUntil(async () => (await bus.list()).length > 0 && bus.list(), {
    timeout: 60_000,
  });
  const next = await bus.binding.open({ path: device?.path ?? '', baudRate: 115200 });
  expect(await textFrom(next)).toBe('first wordskept'); // and what it sends when DTR comes on
});
