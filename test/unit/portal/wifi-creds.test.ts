import { expect, test } from 'vitest';
import { storedNetworks } from '../../../src/portal/wifi-creds.js';

const ssids = (file: string) => storedNetworks(Buffer.from(file)).ssids;

test.each([
  ['Home,secret', 'Home'],
  ['Home,', 'Home'],
  ['Home,secret\r\n', 'Home'],
  ['Café 5G,pässword', 'Café 5G'],
  [',7,my,wifi,pass,word', 'my,wifi'],
  [',1,a,', 'a'],
  ['line\nbreak,secret', 'line\nbreak'],
  [',10,line\nbreak,secret\n', 'line\nbreak'],
])('%j names the network %j', (file, ssid) => {
  expect(storedNetworks(Buffer.from(file))).toEqual({ ssids: [ssid], damagedLines: 0 });
});

test.each([
  '',
  'nothing',
  ',',
  ',,',
  ',x,y,z',
  ',99,short,',
  ',0,,pw',
  ',-1,a,b',
  'a,b,c',
  `${'x'.repeat(33)},y`,
])('%j names none', (file) => {
  expect(ssids(file)).toEqual([]);
});

test('several networks are named in their order', () => {
  expect(ssids('Home,secret\n,3,a,b,pass,word\nOpen,\n')).toEqual(['Home', 'a,b', 'Open']);
});

test('a damaged line loses itself alone', () => {
  expect(storedNetworks(Buffer.from('Home,secret\nrubb\xffish\n,9,x,y\na,b,c\nOffice,secret\n'))).toEqual({
    ssids: ['Home', 'Office'],
    damagedLines: 3,
  });
});

test('at most eight networks are named', () => {
  expect(ssids('N,p\n'.repeat(9))).toHaveLength(8);
});
