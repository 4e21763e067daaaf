import { expect, it } from 'vitest';
import { parseVirtualAddress } from '../../../../src/virtual-board/options/address.js';

it('is a 4 MB board at real speed by default', () => {
  expect(parseVirtualAddress('virtual:')).toMatchObject({
    name: 'board',
    speed: 'real',
    micropython: '1.27',
    flashSizeBytes: 4 * 1024 * 1024,
  });
  expect(parseVirtualAddress('virtual:desk?flash=512K&speed=max&unplug=100&micropython=1.23')).toMatchObject({
    name: 'desk',
    speed: 'max',
    flashSizeBytes: 512 * 1024,
    unplugAfterBytes: 100,
    micropython: '1.23',
  });
});

it.each([
  'virtual:a?flash=3M',
  'virtual:a?flash=32M',
  'virtual:a?flash=big',
  'virtual:a?volume=11',
  'virtual:a?micropython=1.24',
  'virtual:../a',
  'virtual:a?chip=esp32&chip=esp8266',
  'virtual:a?lines=none&lines=none',
  'virtual:a?chip=esp32?speed=max',
])('refuses %s as a mistake of the caller', (address) => {
  expect(() => parseVirtualAddress(address)).toThrow(expect.objectContaining({ code: 'usage' }));
});
