import { expect, test } from 'vitest';
import { isSeveral, portsIn } from '../../../src/cli/port-list.js';

test.each([
  ['/dev/ttyUSB0', ['/dev/ttyUSB0']],
  ['/dev/ttyUSB0,/dev/ttyUSB1', ['/dev/ttyUSB0', '/dev/ttyUSB1']],
  ['COM3,COM14', ['COM3', 'COM14']],
  ['bench-1,bench-2', ['bench-1', 'bench-2']],
  ['/dev/ttyUSB0\nmac:7c:df:a1:00:11:22', ['/dev/ttyUSB0', 'mac:7c:df:a1:00:11:22']],
  ['["COM3", "id:A7"]', ['COM3', 'id:A7']],
  ['all,rfc2217://10.0.0.9:3001', ['all', 'rfc2217://10.0.0.9:3001']],
  ['virtual:a?air=x,y.json,virtual:b', ['virtual:a?air=x,y.json', 'virtual:b']],
  ['virtual:a?http=0\nbench-1', ['virtual:a?http=0', 'bench-1']],
  ['/dev/serial/by-id/usb-Maker,_Inc-if00', ['/dev/serial/by-id/usb-Maker,_Inc-if00']],
  [',/dev/ttyUSB0,', ['/dev/ttyUSB0']],
])('%j means %j', (text, ports) => {
  expect(portsIn(text)).toEqual(ports);
});

test.each([
  [undefined, false],
  ['COM3', false],
  ['COM3,COM4', true],
  ['all', true],
])('port %j is several: %j', (port, several) => {
  expect(isSeveral({ port })).toBe(several);
});
