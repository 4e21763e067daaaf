import { expect, test } from 'vitest';
import { boardsAmong, theOnlyBoard } from '../../../src/serial/discover.js';

const listed = (path: string, vendorId?: string, productId?: string) => ({
  path,
  vendorId,
  productId,
  serialNumber: undefined,
});

test('USB adapters of ESP boards are found among other ports, whatever the case of their ids', () => {
  const ports = [
    listed('/dev/ttyS0'),
    listed('/dev/ttyUSB0', '1A86', '7523'),
    listed('/dev/ttyACM0', '2341', '0043'),
  ];
  expect(boardsAmong(ports)).toEqual([{ path: '/dev/ttyUSB0', adapter: 'CH340', serialNumber: undefined }]);
});

test('macOS is asked for the port that opens without a carrier', () => {
  expect(boardsAmong([listed('/dev/tty.usbserial-1', '10c4', 'ea60')])[0]?.path).toBe('/dev/cu.usbserial-1');
});

test('none and several boards are errors that tell what there is', () => {
  const board = (path: string) => ({ path, adapter: 'CH340', serialNumber: undefined });
  expect(() => theOnlyBoard([])).toThrow(expect.objectContaining({ code: 'port-none' }));
  expect(() => theOnlyBoard([board('COM3'), board('COM4')])).toThrow(/COM3 \(CH340\), COM4 \(CH340\)/);
  expect(theOnlyBoard([board('COM3')]).path).toBe('COM3');
});
