import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AirNetwork } from '../../../../src/virtual-board/radio/air.js';
import { hexToText, textToHex } from '../../../../src/virtual-board/radio/byte-text.js';
import { Radio, type RadioOptions } from '../../../../src/virtual-board/radio/radio.js';

const folder = mkdtempSync(join(tmpdir(), 'esp-portal-radio-'));
const sdkFile = join(folder, 'sdk.json');
const MAC = [0x2c, 0xf4, 0x32, 0x78, 0xd0, 0xc1];
const HOME: AirNetwork = {
  ssid: 'Home',
  password: 'correct horse',
  channel: 6,
  rssi: -50,
  hidden: false,
  enterprise: false,
  fails: undefined,
  addressMs: 0,
};

beforeEach(() => {
  vi.useFakeTimers();
  rmSync(sdkFile, { force: true });
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => rmSync(folder, { recursive: true }));

function poweredRadio(changes: Partial<RadioOptions> = {}): { radio: Radio; lost: () => number } {
  const radio = new Radio({ air: [HOME], mac: MAC, sdkFile, joinMs: 1000, rejoinMs: 1000, ...changes });
  let lost = 0;
  radio.onClientsLost = () => {
    lost += 1;
  };
  radio.powerUp();
  return { radio, lost: () => lost };
}

function join_(radio: Radio, ssid = 'Home', password = 'correct horse'): void {
  radio.setActive('station', true);
  radio.connect({ ssid, password });
}

describe('one channel for station and access point', () => {
  test('joining on another channel moves the access point and drops its clients for a while', () => {
    const { radio, lost } = poweredRadio();
    radio.setActive('station', true);
    expect([radio.state().channel, radio.carries()]).toEqual([1, true]);
    join_(radio);
    vi.advanceTimersByTime(999);
    expect([radio.state().channel, lost()]).toEqual([1, 0]);
    vi.advanceTimersByTime(1);
    expect([radio.state().channel, lost(), radio.state().station.status]).toEqual([6, 1, 1]);
    vi.advanceTimersByTime(1000);
    expect([radio.isReachable, radio.state().station.status]).toEqual([true, 5]);
  });

  test('a wrong password drops them as well: the radio had to go there to find out', () => {
    const { radio, lost } = poweredRadio();
    radio.carries();
    join_(radio, 'Home', 'wrong horse');
    vi.advanceTimersByTime(1000);
    expect([radio.state().station.status, radio.state().channel, lost()]).toEqual([2, 6, 1]);
    expect(radio.isReachable).toBe(false);
    vi.advanceTimersByTime(999);
    expect(radio.isReachable).toBe(false);
    vi.advanceTimersByTime(1);
    expect(radio.isReachable).toBe(true);
  });

  test.each([
    ['on the same channel', 'Home', { air: [{ ...HOME, channel: 1 }] }, 5],
    ['that is not there', 'Elsewhere', {}, 3],
    ['that is out of range', 'Home', { air: [{ ...HOME, fails: 'out-of-range' as const }] }, 3],
  ])('a network %s leaves them alone', (_what, ssid, changes, status) => {
    const { radio, lost } = poweredRadio(changes);
    join_(radio, ssid);
    vi.advanceTimersByTime(1001);
    expect([radio.state().station.status, radio.state().channel, lost()]).toEqual([status, 1, 0]);
    expect(radio.isReachable).toBe(true);
  });

  test('an access point without clients changes its channel without a pause', () => {
    const { radio, lost } = poweredRadio();
    radio.configureAp({ channel: 6 });
    expect([radio.state().channel, lost(), radio.isReachable]).toEqual([6, 0, true]);
    radio.carries();
    radio.configureAp({ channel: 11 });
    expect([radio.state().channel, lost(), radio.isReachable]).toEqual([11, 1, false]);
  });

  test('switching the access point off drops them, too, and no packet arrives', () => {
    const { radio, lost } = poweredRadio();
    radio.setActive('ap', false);
    expect([lost(), radio.isReachable]).toEqual([1, false]);
  });

  test('a joined station is reached through its router, whatever the access point does', () => {
    const { radio } = poweredRadio();
    expect(radio.clientAddress).toBe('192.168.4.2');
    join_(radio);
    vi.advanceTimersByTime(1001);
    radio.setActive('ap', false);
    expect([radio.isReachable, radio.clientAddress]).toEqual([true, '192.168.1.2']);
  });
});

test("an address takes as long as the router's delay, and the status stays connecting", () => {
  const { radio } = poweredRadio({ air: [{ ...HOME, addressMs: 30_000 }] });
  join_(radio);
  vi.advanceTimersByTime(30_999);
  expect([radio.state().station.status, radio.state().station.address[0]]).toEqual([1, '0.0.0.0']);
  vi.advanceTimersByTime(1);
  expect([radio.state().station.status, radio.state().station.address[0]]).toEqual([5, '192.168.1.213']);
});

test('without an address from the router the station stays connecting', () => {
  const { radio } = poweredRadio({ air: [{ ...HOME, fails: 'no-address' }] });
  join_(radio);
  vi.advanceTimersByTime(600_000);
  expect(radio.state().station.status).toBe(1);
});

test("the ESP8266's SDK remembers credentials and access point; an ESP32 nothing", () => {
  const { radio } = poweredRadio();
  join_(radio);
  radio.configureAp({ ssid: 'mine', channel: 11 });
  expect(JSON.parse(readFileSync(sdkFile, 'utf8'))).toMatchObject({
    stationActive: true,
    credentials: { ssid: 'Home', password: 'correct horse' },
    ap: { ssid: 'mine', channel: 11 },
  });
  const again = poweredRadio().radio;
  vi.advanceTimersByTime(1001);
  expect(again.state()).toMatchObject({ station: { status: 5, ssid: 'Home' }, ap: { ssid: 'mine' } });
  const esp32 = poweredRadio({ chip: 'esp32' }).radio;
  vi.advanceTimersByTime(1001);
  expect(esp32.state()).toMatchObject({
    station: { active: false, status: 1000, ssid: '' },
    ap: { active: false, ssid: 'ESP_78D0C2' },
  });
});

test('bytes that are no UTF-8 survive as text, and as JSON', () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('hex');
  const mixed = `${Buffer.from('Café ☕😀').toString('hex')}ff80c3${Buffer.from('é').toString('hex')}e282`;
  for (const hex of [everyByte, mixed, '', 'ed a0 80'.replaceAll(' ', ''), 'efbbbf41']) {
    const text: unknown = JSON.parse(JSON.stringify(hexToText(hex)));
    expect(textToHex(String(text))).toBe(hex);
  }
  expect(hexToText(Buffer.from('Café ☕😀').toString('hex'))).toBe('Café ☕😀');
});

describe('a fixed address of the station', () => {
  const FIXED = ['192.168.1.50', '255.255.255.0', '192.168.1.1', '192.168.1.1'];

  test('is kept over a join, without a DHCP server too, until DHCP is turned on or the chip restarts', () => {
    const { radio } = poweredRadio({ air: [{ ...HOME, fails: 'no-address' }] });
    radio.setAddress('station', FIXED);
    join_(radio);
    vi.advanceTimersByTime(1001);
    expect(radio.state().station.address).toEqual(FIXED);
    expect(radio.state().station.status).toBe(5);
    radio.setAddress('station', ['']);
    expect(radio.state().station.address).not.toEqual(FIXED);
    radio.setAddress('station', FIXED);
    radio.powerUp();
    expect(radio.state().station.address[0]).toBe('0.0.0.0');
  });
});
