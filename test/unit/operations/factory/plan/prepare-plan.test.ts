import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPlan } from '../../../../../src/operations/factory/plan/prepare-plan.js';
import { temporaryFolder } from '../../../../support/virtual-port.js';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes a plan with its data, and reads it. */
async function load(plan: object, files: Files = {}) {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ 'factory.json': JSON.stringify(plan), ...files })) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return loadPlan(join(folder, 'factory.json'));
}

async function faultOf(plan: object, files?: Files): Promise<string> {
  return load(plan, files).then(
    () => 'none',
    (error: Error) => error.message.replace(/^\S*\//, ''),
  );
}

const SVG = '<svg xmlns="http://www.w3.org/2000/svg">{}</svg>';

describe('before the first board', () => {
  test.each<[string, object, Files, string]>([
    [
      'fewer rows than boards',
      { data: 'b.csv', boards: 3 },
      { 'b.csv': 'serial\nA\nB\n' },
      'b.csv: it has 2 rows for 3 boards.',
    ],
    [
      'a column that is missing',
      { data: 'b.csv', portal: { essid: 'Lamp-{name}' } },
      { 'b.csv': 'serial,colour\nA,red\n' },
      'factory.json: "portal.essid" {name} is unknown: {mac}, {random:12}, {serial}, {colour}.',
    ],
    [
      'serial numbers that the data does not have',
      { data: 'b.csv', device: { id: '{serial}' } },
      { 'b.csv': 'colour\nred\n' },
      'factory.json: "device.id" {serial} is unknown: {mac}, {random:12}, {colour}.',
    ],
    [
      'an unknown placeholder of the label',
      { label: 'l.svg' },
      { 'l.svg': SVG.replace('{}', '{nme}') },
      'l.svg: {nme} is unknown: {mac}, {random:12}, {serial}.',
    ],
    [
      'texts of a row for which a board has no memory',
      { data: 'b.csv', device: { key: '{key}' } },
      { 'b.csv': `key\nshort\n${'x'.repeat(17_000)}\n` },
      'b.csv: row 2: "device" has 17 KB of texts, and a board has memory for 16 KB.',
    ],
    [
      'packages of the project that the plan does not name',
      { app: 'app' },
      { 'esp-portal.json': '{"app": "app", "packages": ["umqtt.simple"]}', 'app/app.py': '' },
      'factory.json: "packages" is missing, and esp-portal.json has some: write "packages": ["umqtt.simple"], or [] for boards without them.',
    ],
    [
      'packages of a project whose file has a byte order mark',
      { app: 'app' },
      { 'esp-portal.json': '\ufeff{"packages": ["umqtt.simple"]}', 'app/app.py': '' },
      'factory.json: "packages" is missing, and esp-portal.json has some: write "packages": ["umqtt.simple"], or [] for boards without them.',
    ],
    [
      'a label in Latin-1',
      { label: 'l.svg' },
      { 'l.svg': Buffer.from(SVG.replace('{}', '\n<text>Küche</text>'), 'latin1') },
      'l.svg is not UTF-8 (line 2).',
    ],
    [
      'braces that are no placeholder',
      { portal: { essid: 'Lamp-{ serial }' } },
      {},
      'factory.json: "portal.essid" has "{ serial }", which is no placeholder.',
    ],
    [
      'a random text without a length',
      { portal: { 'ap-password': '{random}' }, recordSecrets: true },
      {},
      'factory.json: "portal.ap-password" {random} needs a length from 4 to 64, such as {random:12}.',
    ],
    [
      'a random text that would be lost',
      { portal: { 'ap-password': '{random:12}' } },
      {},
      'factory.json: {random:…} needs "recordSecrets": true: without it the texts of a board could not be found again for its repair or its label.',
    ],
    [
      'a password with 7 characters',
      { data: 'b.csv', portal: { 'ap-password': '{key}' } },
      { 'b.csv': 'serial,key\nA,12345678\nB,1234567\n' },
      'b.csv row 2, column key: ap-password cannot be used: WPA2 needs 8 to 63 ASCII characters, not 7.',
    ],
    [
      'a name of a WiFi that becomes too long',
      { data: 'b.csv', portal: { essid: 'A very long name of a lamp {serial}' } },
      { 'b.csv': 'serial\nA\n0123456789\n' },
      'b.csv row 2, column serial: essid "A very long name of a lamp 0123456789": an SSID has 1 to 32 bytes, not 37.',
    ],
    [
      'a number that is none',
      { data: 'b.csv', portal: { 'portal-timeout': '{s}' } },
      { 'b.csv': 'serial,s\nA,soon\n' },
      'b.csv row 1, column s: portal-timeout "soon": give a whole number.',
    ],
    [
      'an event that does not exist',
      { test: { until: 'portal.redy' } },
      {},
      'factory.json: "test.until": there is no event "portal.redy". Did you mean portal.ready?',
    ],
    ['data that is missing', { data: 'b.csv' }, {}, 'b.csv: the file does not exist.'],
    [
      'a label that is no SVG',
      { label: 'l.svg' },
      { 'l.svg': '<html></html>' },
      'l.svg: it is not an SVG: it does not begin with <svg.',
    ],
    [
      'a QR code without a WiFi',
      { label: 'l.svg' },
      { 'l.svg': SVG.replace('{}', '<rect id="qr" x="0" y="0" width="9" height="9"/>') },
      'factory.json: the QR code of the label needs "portal.essid".',
    ],
    [
      'a program that brings device.json itself',
      { app: 'app', device: { a: 'b' } },
      { 'app/app.py': 'x', 'app/device.json': '{}' },
      'factory.json: "device" makes device.json, and the folder of "app" has a file of this name.',
    ],
  ])('refuses %s', async (_, plan, files, fault) => {
    expect(await faultOf(plan, files)).toContain(fault);
  });
});

test('fills in what a board gets from its row, its MAC address and its random texts', async () => {
  const plan = await load(
    {
      portal: {
        essid: 'Lamp-{serial}',
        'ap-password': '{random:10}',
        hostname: 'lamp-{mac:6}',
        'portal-timeout': '{seconds}',
        field: [{ name: 'room', default: '{room}' }],
      },
      app: 'app',
      data: 'boards.csv',
      device: { id: '{serial}/{mac}', room: '{room}' },
      recordSecrets: true,
    },
    { 'boards.csv': 'serial,room,seconds\nA1,Küche "1",30\n', 'app/app.py': 'x' },
  );
  const random = { 10: 'abcdefghjk' };
  const started = {
    event: 'started',
    time: '',
    mac: '5c:cf:7f:e4:ab:4e',
    row: 1,
    serial: 'A1',
    random,
  } as const;
  const values = plan.values(started);
  expect(plan.config(values)).toMatchObject({
    essid: 'Lamp-A1',
    password: 'abcdefghjk',
    hostname: 'lamp-e4ab4e',
    timeout_s: 30,
    title: null,
    fields: [expect.objectContaining({ name: 'room', default: 'Küche "1"' })],
  });
  const app = plan.app(values).app?.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]);
  expect(app).toEqual([
    ['app.py', 'x'],
    ['device.json', '{"id":"A1/5c:cf:7f:e4:ab:4e","room":"Küche \\"1\\""}\n'],
  ]);
});

test('finds the row of a serial number after rows were moved, and misses one that is gone', async () => {
  const plan = await load({ data: 'b.csv' }, { 'b.csv': 'serial,colour\nB,blue\nA,red\n' });
  const started = { event: 'started', time: '', mac: '5c:cf:7f:e4:ab:4e', row: 1 } as const;
  expect(plan.values({ ...started, serial: 'A' }).columns.get('colour')).toBe('red');
  expect(() => plan.values({ ...started, serial: 'C' })).toThrow(
    'b.csv: row 1, serial C, is missing: the board with the MAC 5c:cf:7f:e4:ab:4e has it.',
  );
});
