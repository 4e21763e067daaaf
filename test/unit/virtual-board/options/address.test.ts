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

it.each([
  ['chip=esp32&revision=v1.5', 'a major number to 3 and a minor one to 3'],
  ['chip=esp32&revision=v4.0', 'a major number to 3'],
  ['chip=esp32c3&revision=v0.16', 'a minor one to 15'],
  ['chip=esp8266&revision=v1.0', 'does not report its revision'],
  ['chip=esp8266&fuses=flash-encryption', 'no such eFuses'],
  ['chip=esp32&fuses=secure-boot,secure-download', 'only flash-encryption and secure-boot'],
])('refuses %s, which such a chip cannot have', (options, message) => {
  expect(() => parseVirtualAddress(`virtual:a?${options}`)).toThrow(
    expect.objectContaining({ code: 'usage', message: expect.stringContaining(message) }),
  );
});

it.each(['chip=esp32&revision=v3.3', 'chip=esp32c3&revision=v3.15', 'chip=esp32c6&fuses=secure-download'])(
  'takes %s, the most that such a chip can have',
  (options) => {
    expect(parseVirtualAddress(`virtual:a?${options}`).chip).toMatch(/^esp32/);
  },
);
