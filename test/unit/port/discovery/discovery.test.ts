import { expect, test } from 'vitest';
import {
  boardPlaces,
  boardsAmong,
  portWithMac,
  portWithSerial,
  recognise,
  theOnlyBoard,
  withoutDoubles,
} from '../../../../src/port/discovery/discovery.js';

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
      kind: 'uart-bridge',
      mac: undefined,
      chips: 'ESP8266 or ESP32',
      serialNumber: undefined,
    },
  ]);
});

test('macOS lists the port that opens without a carrier, once', () => {
  const doubled = ['/dev/tty.usbserial-1', '/dev/cu.usbserial-1'].map((path) => listed(path, '10c4', 'ea60'));
  expect(withoutDoubles(doubled).map(({ path }) => path)).toEqual(['/dev/cu.usbserial-1']);
});

test('a CH340 that macOS lists with two drivers is one board, by the driver that works', () => {
  const at = (path: string, locationId: string) => ({ ...listed(path, '1a86', '7523'), locationId });
  const ports = [
    at('/dev/tty.usbmodem11', '00110000'),
    at('/dev/tty.wchusbserial110', '00110000'),
    at('/dev/tty.usbmodem12', '00120000'), // another one, without WCH's driver
  ];
  expect(withoutDoubles(ports).map(({ path }) => path)).toEqual([
    '/dev/cu.wchusbserial110',
    '/dev/cu.usbmodem12',
  ]);
});

test.each([
  ['303a', '1001', '7C:DF:A1:00:11:22', 'usb-serial-jtag', '7c:df:a1:00:11:22'],
  ['303a', '4001', '7cdfa1001122', 'usb-cdc', '7c:df:a1:00:11:22'],
  ['303a', '80d4', '7cdfa1001122', 'usb-cdc', '7c:df:a1:00:11:22'], // Unexpected Maker
  ['303a', '0002', '0', 'usb-rom', undefined],
  ['303a', '0012', undefined, 'usb-rom', undefined],
  ['2341', '056b', '7CDFA1001122', 'usb-cdc', '7c:df:a1:00:11:22'],
  ['10c4', 'ea60', '7cdfa1001122', 'uart-bridge', undefined],
])('%s:%s with the serial number %s is %s', (vendor, product, serial, kind, mac) => {
  expect(boards(listed('/dev/ttyACM0', vendor, product, serial))).toMatchObject([{ kind, mac }]);
});

test('a chip with native USB is found by its MAC address, however it is written', () => {
  const ports = recognise([
    listed('/dev/ttyUSB0', '10c4', 'ea60', '7cdfa1001122'), // an adapter's number is not the chip's
    listed('/dev/ttyACM1', '303a', '4001', '7cdfa1001122'),
  ]);
  for (const text of ['7c:df:a1:00:11:22', '7C-DF-A1-00-11-22', '7CDFA1001122'])
    expect(portWithMac(ports, text).path).toBe('/dev/ttyACM1');
  expect(() => portWithMac(ports, '7cdfa1001123')).toThrow(/report 7c:df:a1:00:11:22/);
  expect(() => portWithMac(ports, '7cdfa10011')).toThrow(expect.objectContaining({ code: 'usage' }));
});

test('no board and several boards are errors that list the ports', () => {
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

test('distinguishes boards by their place on the hub, not by a serial number that two adapters share', () => {
  const at = (path: string, locationId?: string) => ({ ...listed(path, '10c4', 'ea60', '0001'), locationId });
  expect(
    boardPlaces([at('/dev/ttyUSB0', '1-2.1'), at('/dev/ttyUSB1', '1-2.2'), listed('/dev/ttyS0')]),
  ).toEqual([
    { address: '/dev/ttyUSB0', place: '1-2.1' },
    { address: '/dev/ttyUSB1', place: '1-2.2' },
  ]);
  // An adapter with two ports, and a system that does not tell the place.
  const unknown = [at('/dev/ttyUSB2', '1-3'), at('/dev/ttyUSB3', '1-3'), at('/dev/cu.a'), at('/dev/cu.b')];
  expect(boardPlaces(unknown).map(({ place }) => place)).toEqual([
    ...['/dev/ttyUSB2', '/dev/ttyUSB3', '/dev/cu.a', '/dev/cu.b'],
  ]);
});
