import { expect, test } from 'vitest';
import { staticAddressFault, staticAddressLiteral } from '../../../src/portal/static-address.js';

test.each([
  ['192.168.1.50/24,192.168.1.1', "('192.168.1.50', '255.255.255.0', '192.168.1.1', '192.168.1.1')"],
  ['10.1.2.3/8,10.0.0.1,9.9.9.9', "('10.1.2.3', '255.0.0.0', '10.0.0.1', '9.9.9.9')"],
  ['172.16.0.2/30,172.16.0.1', "('172.16.0.2', '255.255.255.252', '172.16.0.1', '172.16.0.1')"],
])('%s is a static address', (text, literal) => {
  expect(staticAddressFault(text)).toBeUndefined();
  expect(staticAddressLiteral(text)).toBe(literal);
});

test.each([
  ['192.168.1.50', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/24', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/24,192.168.1.1,1.1.1.1,8.8.8.8', 'give ADDRESS/PREFIX,GATEWAY'],
  ["192.168.1.50/24,192.168.1.1');import os", 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/31,192.168.1.1', 'the prefix is 1 to 30'],
  ['192.168.1.50/0,192.168.1.1', 'the prefix is 1 to 30'],
  ['192.168.1.050/24,192.168.1.1', 'is no IPv4 address'],
  ['192.168.1.256/24,192.168.1.1', 'is no IPv4 address'],
  ['192.168.1/24,192.168.1.1', 'is no IPv4 address'],
  ['224.0.0.5/24,224.0.0.1', 'is no IPv4 address'],
  ['192.168.1.50/24,192.168.1.1,127.0.0.1', 'is no IPv4 address'],
  ['192.168.1.0/24,192.168.1.1', 'belong to no host'],
  ['192.168.1.50/24,192.168.1.255', 'belong to no host'],
  ['192.168.1.50/24,192.168.2.1', 'not in the network'],
  ['192.168.1.1/24,192.168.1.1', 'same address'],
])('%s is refused', (text, fault) => {
  expect(staticAddressFault(text)).toContain(fault);
});
