import { expect, test } from 'vitest';
import { staticAddressFault, staticAddressLiteral } from '../../../src/portal/static-address.js';

test.each([
  ['192.168.1.50/24,192.168.1.1', "('192.168.1.50', '255.255.255.0', '192.168.1.1', '192.168.1.1')"],
  ['10.9.8.7/8, 10.0.0.1, 9.9.9.9', "('10.9.8.7', '255.0.0.0', '10.0.0.1', '9.9.9.9')"],
  ['172.16.0.2/30,172.16.0.1', "('172.16.0.2', '255.255.255.252', '172.16.0.1', '172.16.0.1')"],
  ['200.1.1.9/25,200.1.1.1', "('200.1.1.9', '255.255.255.128', '200.1.1.1', '200.1.1.1')"],
])('%s is %s for MicroPython', (text, literal) => {
  expect(staticAddressFault(text)).toBeUndefined();
  expect(staticAddressLiteral(text)).toBe(literal);
});

test.each([
  ['192.168.1.50', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/24', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/31,192.168.1.51', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.500/24,192.168.1.1', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.01.50/24,192.168.1.1', 'give ADDRESS/PREFIX,GATEWAY'],
  ['192.168.1.50/24,192.168.1.1,9.9.9.9,8.8.8.8', 'give ADDRESS/PREFIX,GATEWAY'],
  ['224.0.0.5/24,224.0.0.1', 'cannot be assigned to a host'],
  ['127.0.0.2/8,127.0.0.1', 'cannot be assigned to a host'],
  ['192.168.1.50/24,192.168.1.1,0.0.0.0', 'cannot be assigned to a host'],
  ['192.168.1.0/24,192.168.1.1', 'that of the network'],
  ['192.168.1.255/24,192.168.1.1', 'broadcast'],
  ['192.168.1.50/24,192.168.2.1', 'not in the network'],
  ['192.168.1.1/24,192.168.1.1', 'the same address'],
])('%s is refused', (text, fault) => {
  expect(staticAddressFault(text)).toContain(fault);
});
