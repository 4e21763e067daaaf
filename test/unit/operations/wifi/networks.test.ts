import { expect, test } from 'vitest';
import { FORMS_ONLY } from '../../../../src/log/redaction/redactor.js';
import {
  findWanted,
  mergeNetworks,
  type ScannedAccessPoint,
} from '../../../../src/operations/wifi/networks.js';
import { checkSsid } from '../../../../src/operations/wifi/ssid.js';
import { quoted } from '../../../../src/operations/wifi/stored-networks.js';

const hex = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('hex');
const accessPoint = (ssid: string, rssi = -50, security = 3, channel = 6): ScannedAccessPoint => [
  hex(ssid),
  channel,
  rssi,
  security,
  false,
];

test('networks are sorted by strength, each name once with its strongest access point, hidden ones last', () => {
  const found = mergeNetworks([
    accessPoint('Office', -80, 3, 1),
    ['', 11, -40, 3, true],
    accessPoint('Lamp', -60, 0),
    accessPoint('Office', -50, 4, 6),
    ['0000', 3, -70, 3, false],
  ]);
  expect(found.map(({ ssid, rssi, isHidden }) => [ssid, rssi, isHidden])).toEqual([
    ['Office', -50, false],
    ['Lamp', -60, false],
    ['', -40, true],
    ['', -70, true],
  ]);
  expect(found[0]).toMatchObject({ channel: 6, accessPoints: 2, security: 'WPA/WPA2' });
});

test.each([
  [0, 'open', 'open'],
  [3, 'WPA2', 'password'],
  [5, 'enterprise', 'enterprise'],
  [6, 'WPA3', 'password'],
  [10, 'WPA3-Enterprise', 'enterprise'],
  [99, 'unknown (99)', 'enterprise'],
])('security %i is %s', (security, name, kind) => {
  expect(mergeNetworks([accessPoint('x', -50, security)])).toMatchObject([{ security: name, kind }]);
});

test('a name that is no UTF-8 is shown with escapes', () => {
  const latin1: ScannedAccessPoint = [hex('caf\xe9', 'latin1'), 6, -50, 0, false];
  expect(mergeNetworks([latin1])).toMatchObject([{ ssid: 'caf\\xe9', ssidHex: '636166e9' }]);
});

const networks = mergeNetworks([
  accessPoint('Jim\u2019s iPhone'),
  accessPoint('Caf\u00e9'),
  accessPoint('\u201cLamp\u201d'),
  accessPoint('"Lamp"'),
  accessPoint('Free', -50, 0),
  accessPoint('Campus', -50, 5),
  accessPoint('new\nline'),
  accessPoint('-dash'),
  accessPoint('5678901234567890123456\u200d\u{e0001}'),
]);
const wanted = (ssid: string, password = 'long enough') => findWanted(networks, { ssid, password });

test.each([
  ["Jim's iPhone", 'Jim\u2019s iPhone'],
  ['Cafe\u0301', 'Caf\u00e9'],
  ['"Lamp"', '"Lamp"'], // rather than one that is only similar
  ['Hidden', 'Hidden'],
  [String.raw`new\x0aline`, 'new\nline'],
  [String.raw`\x2ddash`, '-dash'],
  [String.raw`5678901234567890123456\u200d\u{e0001}`, '5678901234567890123456\u200d\u{e0001}'],
  [String.raw`Hidden\x0a`, String.raw`Hidden\x0a`],
])('%s means %s', (typed, ssid) => {
  expect(Buffer.from(wanted(typed).ssid).toString()).toBe(ssid);
});

test('a name with escapes that is not in range is as long as it is typed', () => {
  expect(() => checkSsid('x'.repeat(26) + String.raw`\u200d`)).not.toThrow();
  expect(() => wanted('x'.repeat(27) + String.raw`\u200d`)).toThrow('1 to 32 bytes, not 33');
  expect(() => checkSsid('x'.repeat(33))).toThrow('1 to 32 bytes, not 33');
});

test.each([
  ['Campus', 'long enough', 'asks for a user name'],
  ['Free', 'long enough', 'is an open network'],
  ['Caf\u00e9', '', 'has a password'],
])('%s with the password "%s" is refused: it %s', (ssid, password, message) => {
  expect(() => wanted(ssid, password)).toThrow(message);
});

test('a network called psk does not make the next name look like a password', () => {
  const names = quoted(['psk', 'Home', 'password', 'Lamp']);
  expect(names).toBe('"psk"; "Home"; "password"; "Lamp"');
  expect(FORMS_ONLY.mask(`It stores ${names}.`)).toBe(`It stores ${names}.`);
});
