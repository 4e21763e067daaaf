import { expect, test } from 'vitest';
import { storedNetwork } from '../../../src/portal/wifi-creds.js';

test.each([
  ['Home,secret', 'Home'],
  ['Home,', 'Home'],
  ['Café 5G,pässword', 'Café 5G'],
  [',7,my,wifi,pass,word', 'my,wifi'],
  [',1,a,', 'a'],
])('%s names the network %s', (file, ssid) => {
  expect(storedNetwork(Buffer.from(file))).toBe(ssid);
});

test.each(['', 'nothing', ',', ',,', ',x,y,z', ',99,short,', ',0,,pw', ',-1,a,b'])(
  '%o names none',
  (file) => {
    expect(storedNetwork(Buffer.from(file))).toBeUndefined();
  },
);
