import { expect, test } from 'vitest';
import { boardsAmong, portWithSerial, recognise, theOnlyBoard } from '../../../src/port/discovery.js';

const listed = (path: string, vendorId?: string, productId?: string, serialNumber?: string) => ({
  path,
  vendorId,
  productId,
  serialNumber,
});
const boards = (...ports: ReturnType<typeof listed>[]) => boardsAmong(recognise(ports));
const ch340 = (path: string) => listed(path, '1a86', '7523');

test('USB adapters of ESP boards are found among other ports, whatever the case of their ids', () => {
  expect(
    boards(
      listed('/dev/ttyS0'),
      listed('/dev/ttyUSB0', '1A86', '7523'),
      listed('/dev/ttyACM0', '2341', '0043'),
    ),
  ).toEqual([
    {
      path: '/dev/ttyUSB0',
      usbId: '1a86:7523',
      adapter: 'CH340',
      chips: 'ESP8266 or ESP32',
      serialNumber: undefined,
    },
  ]);
});

test('macOS is asked for the port that opens without a carrier', () => {
  expect(boards(listed('/dev/tty.usbserial-1', '10c4', 'ea60'))[0]?.path).toBe('/dev/cu.usbserial-1');
});

test('none and several boards are errors that tell what there is', () => {
  expect(() => theOnlyBoard([])).toThrow(expect.objectContaining({ code: 'port-none' }));
  expect(() => theOnlyBoard(boards(ch340('COM3'), ch340('COM4')))).toThrow(/COM3 \(CH340\), COM4 \(CH340\)/);
  expect(theOnlyBoard(boards(ch340('COM3'))).path).toBe('COM3');
});

test('a port is found by the serial number of its adapter; another number is answered with those there are', () => {
  const ports = recognise([listed('/dev/ttyUSB0', '10c4', 'ea60', '0001'), listed('/dev/ttyS0')]);
  expect(portWithSerial(ports, '0001').path).toBe('/dev/ttyUSB0');
  expect(() => portWithSerial(ports, '0002')).toThrow(
    expect.objectContaining({ code: 'port-not-found', message: expect.stringContaining('there are 0001') }),
  );
  expect(() => portWithSerial([], '0002')).toThrow('no port has a serial number');
});
