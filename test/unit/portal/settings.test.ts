// MicroPython itself reads what is written for it.
import { beforeAll, describe, expect, test } from 'vitest';
import { checkConfig, type PortalConfig } from '../../../src/portal/config.js';
import { checkButton, mergeSettings, settingsFile } from '../../../src/portal/settings.js';
import { type MicroPython, startMicroPython } from '../../support/micropython.js';

let py: MicroPython;
beforeAll(async () => {
  py = await startMicroPython();
});

const FULL: PortalConfig = {
  essid: 'Café "7"\'s\\näh',
  password: "12345678'\\",
  ap_ip: '4.3.2.1',
  hostname: 'garden-pump',
  country: 'DE',
  timeout_s: 600,
};

function read(config: PortalConfig): unknown {
  py.run(Buffer.from(settingsFile(mergeSettings(new Map(), config))).toString('utf8'));
  return py.value('OPTIONS');
}

test('what is set is what the board reads, and nothing else is there', () => {
  expect(read(FULL)).toEqual(FULL);
  expect(read({ essid: 'x' })).toEqual({ essid: 'x' });
});

test('what is given wins, null takes back, and the rest stays, be it unknown to the tool', () => {
  const form = { literal: "b'x'", value: "b'x'" };
  const onBoard = mergeSettings(new Map([['form', form]]), {
    essid: 'One',
    password: '12345678',
    country: 'DE',
  });
  const merged = mergeSettings(onBoard, { essid: 'Two', password: null, hostname: undefined });
  expect(Buffer.from(settingsFile(merged)).toString()).toBe(
    `OPTIONS = {\n    "essid": 'Two',\n    "country": 'DE',\n    "form": b'x',\n}\n`,
  );
});

describe('limits', () => {
  test.each<[keyof PortalConfig, PortalConfig]>([
    ['essid', { essid: 'x'.repeat(32) }],
    ['essid', { essid: 'ä'.repeat(16) }],
    ['password', { password: '12345678' }],
    ['password', { password: 'x'.repeat(63) }],
    ['ap_ip', { ap_ip: '192.168.4.1' }],
    ['ap_ip', { ap_ip: '4.3.2.1' }],
    ['hostname', { hostname: 'a' }],
    ['country', { country: 'US' }],
    ['timeout_s', { timeout_s: 10 }],
  ])('%s takes %j', (_key, config) => {
    expect(read(config)).toEqual(config);
  });

  test.each<[string, PortalConfig]>([
    ['--x "": an SSID', { essid: '' }],
    ['1 to 32 bytes, not 34', { essid: 'ä'.repeat(17) }],
    ['control characters', { essid: 'Lamp\x1b[2J' }],
    ['control characters', { essid: 'Lamp\n' }],
    ['control characters', { essid: 'Lamp\x9b' }],
    ['UTF-8 text', { essid: 'Lamp\ud83d' }],
    ['UTF-8 text', { essid: Buffer.from('Caf\xe9', 'latin1').toString() }],
    ['8 to 63', { password: 'short' }],
    ['8 to 63', { password: 'x'.repeat(64) }],
    ['ASCII', { password: 'pässword1' }],
    ['IPv4', { ap_ip: '192.168.4' }],
    ['IPv4', { ap_ip: '192.168.4.256' }],
    ['cannot be assigned to a host', { ap_ip: '127.0.0.1' }],
    ['cannot be assigned to a host', { ap_ip: '224.0.0.1' }],
    ['1 to 254', { ap_ip: '10.0.0.255' }],
    ['host name', { hostname: '-a' }],
    ['host name', { hostname: 'a.b' }],
    ['country', { country: 'de' }],
    ['country', { country: 'DEU' }],
    ['seconds', { timeout_s: 9 }],
    ['seconds', { timeout_s: Number.NaN }],
  ])('reports "%s" for %j', (words, config) => {
    const write = () => checkConfig(config, () => '--x');
    expect(write).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(words) }),
    );
  });

  test('a wrong password is not repeated', () => {
    expect(() => checkConfig({ password: 'secret' })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

test('a static address is a tuple for the board, and equal to what the board reads back', () => {
  const settings = mergeSettings(new Map(), { static_ip: '192.168.1.50/24,192.168.1.1' });
  py.run(Buffer.from(settingsFile(settings)).toString('utf8'));
  expect(py.value('type(OPTIONS["static_ip"]) is tuple and OPTIONS["static_ip"]')).toEqual([
    '192.168.1.50',
    '255.255.255.0',
    '192.168.1.1',
    '192.168.1.1',
  ]);
  expect(py.value('repr(OPTIONS["static_ip"])')).toBe(settings.get('static_ip')?.literal);
});

test('a GPIO of an ESP8266 that cannot have a button is refused, any other is for the board to check', () => {
  const settings = (button: number) => mergeSettings(new Map(), { button });
  for (const gpio of [1, 3, 6, 11, 15, 16, 20])
    expect(() => checkButton(settings(gpio), 'esp8266')).toThrow(`GPIO${gpio} of an ESP8266`);
  expect(() => checkButton(settings(0), 'esp8266')).not.toThrow();
  expect(() => checkButton(settings(16), 'esp32')).not.toThrow();
  expect(() => checkConfig({ button: 55 })).toThrow('give the number of a GPIO from 0 to 54');
});
