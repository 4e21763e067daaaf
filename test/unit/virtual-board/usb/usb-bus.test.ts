import { expect, test } from 'vitest';
import type { Binding, BindingPort, OpenOptions } from '../../../../src/port/binding-types.js';
import type { UsbDevice } from '../../../../src/virtual-board/usb/bus-presence.js';
import { VirtualUsbBus } from '../../../../src/virtual-board/usb/usb-bus.js';

/** A board that sends what it has kept as soon as its lines are set, before the call returns. */
function boardThatSendsAtOnce(onUsbDevice: (device: UsbDevice | undefined) => void): Binding {
  let send: (text: string) => void = () => {};
  const texts: string[] = [];
  return {
    list: async () => [],
    async open(options: OpenOptions) {
      queueMicrotask(() => onUsbDevice({ productId: '4001', serialNumber: '7cdfa1001122' }));
      return {
        isOpen: true,
        openOptions: options,
        async read(buffer: Buffer) {
          const text = texts.shift() ?? (await new Promise<string>((resolve) => (send = resolve)));
          return { buffer, bytesRead: buffer.write(text, 'latin1') };
        },
        set: async () => {
          send('kept');
          await new Promise(setImmediate);
        },
        write: async () => {
          send('last words');
          onUsbDevice(undefined);
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

test('what a chip has sent before it left the bus arrives, then the port fails', async () => {
  const bus = new VirtualUsbBus({ name: 'b', board: boardThatSendsAtOnce });
  const path = await bus.plugIn(115200);
  const port = await bus.binding.open({ path, baudRate: 115200 });
  const buffer = Buffer.alloc(64);
  await port.read(buffer, 0, 64);
  await port.write(Buffer.from('x'));
  const { bytesRead } = await port.read(buffer, 0, 64);
  expect(buffer.toString('latin1', 0, bytesRead)).toBe('last words');
  await expect(port.read(buffer, 0, 64)).rejects.toThrow('EIO');
});
