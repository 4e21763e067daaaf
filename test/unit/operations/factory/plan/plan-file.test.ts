import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { PORTAL_OPTIONS } from '../../../../../src/cli/options/portal.js';
import { parsePlan } from '../../../../../src/operations/factory/plan/plan-file.js';
import { PORTAL_NAMES } from '../../../../../src/operations/factory/plan/portal-names.js';
import { temporaryFolder } from '../../../../support/virtual-port.js';

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/factory.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ strict: false }).compile(schema);
/** A folder that need not exist. */
const NOWHERE = join(tmpdir(), 'esp-portal-no-plan');
const parse = (content: unknown, folder = NOWHERE) => parsePlan(content, join(folder, 'factory.json'));

const ACCEPTED: unknown[] = [
  {},
  { $schema: './factory.schema.json' },
  { firmware: '1.27.0' },
  { firmware: 'https://example.com/a.bin' },
  { app: 'app', 'app-mpy': true },
  { portal: { essid: 'Lamp-{serial}', 'portal-timeout': 60, 'portal-button': '{gpio}' } },
  { portal: { field: ['mqtt=Broker'] } },
  { portal: { field: 'mqtt=Broker' } },
  { device: { serial: '{serial}' } },
  { test: { until: 'portal.ready' } },
  { test: { until: '/ok/', failOn: 'crash', timeoutS: 3600 } },
  { record: 'a/b.jsonl', recordSecrets: true, boards: 1 },
];

const REFUSED: unknown[] = [
  [],
  null,
  'text',
  { unknown: 1 },
  { firmware: 'ftp://example.com/a.bin' },
  { firmware: 'http://example.com/a.bin' },
  { firmware: 1 },
  { app: '' },
  { 'app-mpy': 'yes', app: 'a' },
  { 'app-mpy': true },
  { portal: [] },
  { portal: { ssid: 'x' } },
  { portal: { essid: 5 } },
  { portal: { 'portal-timeout': 1.5 } },
  { portal: { field: { name: 'x' } } },
  { device: { serial: 1 } },
  { device: ['serial'] },
  { test: {} },
  { test: { until: 'portal.ready', timeoutS: 0 } },
  { test: { until: 'portal.ready', timeoutS: 3601 } },
  { test: { until: 'portal.ready', timeout: 3 } },
  { record: 'made.csv' },
  { recordSecrets: 1 },
  { boards: 0 },
  { boards: 1.5 },
  { boards: '5' },
  { data: true },
];

describe('the JSON schema and the parser', () => {
  test.each(ACCEPTED.map((plan) => [JSON.stringify(plan), plan]))('both take %s', (_, plan) => {
    expect(validate(plan)).toBe(true);
    expect(() => parse(plan)).not.toThrow();
  });

  test.each(REFUSED.map((plan) => [JSON.stringify(plan), plan]))('both refuse %s', (_, plan) => {
    expect(validate(plan)).toBe(false);
    expect(() => parse(plan)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  test('know the same fields', () => {
    const known = /Known are (.*)\.$/.exec(faultOf({ unknown: 1 }))?.[1]?.split(', ');
    expect(known?.sort()).toEqual(Object.keys(schema.properties).sort());
    expect(Object.keys(schema.properties.portal.properties).sort()).toEqual(
      Object.values(PORTAL_NAMES).sort(),
    );
    expect(Object.keys(PORTAL_OPTIONS)).toEqual(expect.arrayContaining(Object.values(PORTAL_NAMES)));
  });
});

function faultOf(content: unknown, folder = NOWHERE): string {
  try {
    parse(content, folder);
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

test('reads each field, and has a value for those that are not there', () => {
  const test = { until: 'portal.ready', failOn: 'crash', timeoutS: 90 };
  const plan = {
    ...{ app: 'app', 'app-mpy': true, packages: ['umqtt.simple'], data: 'boards.csv', label: 'label.svg' },
    ...{ portal: { essid: 'Lamp', 'portal-timeout': 60 }, device: { key: 'value' }, test },
    ...{ record: 'a/b.jsonl', recordSecrets: true, boards: 7 },
  };
  const at = (path: string) => join(NOWHERE, path);
  expect(parse(plan)).toEqual({
    ...{ name: at('factory.json'), folder: NOWHERE, firmware: undefined, app: at('app'), appMpy: true },
    packages: [expect.objectContaining({ name: 'umqtt.simple' })],
    portal: new Map<string, unknown>([
      ['essid', 'Lamp'],
      ['timeout_s', 60],
    ]),
    ...{ data: at('boards.csv'), device: new Map([['key', 'value']]), test, label: at('label.svg') },
    ...{ record: at('a/b.jsonl'), labelFolder: at('a/b-labels'), recordSecrets: true, boards: 7 },
  });
  expect(parse({ test: { until: 'portal.ready' } })).toMatchObject({
    ...{ appMpy: false, packages: undefined, portal: new Map(), device: new Map(), boards: undefined },
    ...{ test: { failOn: undefined, timeoutS: 60 }, recordSecrets: false },
    ...{ record: at('made.jsonl'), labelFolder: at('made-labels') },
  });
});

test('names the field, and one that it may have been', () => {
  expect(faultOf({ portal: { esid: 'Lamp' } })).toMatch(
    /factory\.json: "portal\.esid" is unknown\. Did you mean essid\? Known are essid, ap-password,/,
  );
});

test.each(['data', 'app', 'label', 'record', 'firmware'])(
  'refuses "%s" outside the folder of the plan',
  (key) => {
    const [folder, outside] = [temporaryFolder(), temporaryFolder()];
    symlinkSync(outside, join(folder, `link-${key}`));
    const name = key === 'record' ? 'made.jsonl' : 'file';
    for (const path of [join('..', name), join(outside, name), join(`link-${key}`, name)])
      expect(faultOf({ [key]: path }, folder), path).toContain(`"${key}" is outside the folder of the plan`);
    mkdirSync(join(folder, `own-${key}`));
    expect(faultOf({ [key]: `own-${key}/${name}` }, folder)).toBe('none');
  },
);

test('refuses a link to what is outside, also where it does not exist yet, for the record and its labels', () => {
  for (const name of ['made.jsonl', 'made-labels']) {
    const [folder, outside] = [temporaryFolder(), temporaryFolder()];
    const link = join(folder, name);
    symlinkSync(join(outside, 'new'), link);
    expect(faultOf({}, folder), name).toContain('"record" is outside the folder of the plan');
    rmSync(link);
    symlinkSync('own-place', link);
    expect(faultOf({}, folder), name).toBe('none');
    rmSync(link);
    symlinkSync(name, link); // a circle
    expect(faultOf({}, folder), name).toBe('none');
  }
});

test('refuses a folder of the program that has the data or the record of all boards', () => {
  const folder = temporaryFolder();
  symlinkSync('.', join(folder, 'link'));
  for (const app of ['.', 'link', 'other/..'])
    expect(faultOf({ app }, folder), app).toContain('"record" is in the folder of "app"');
  expect(faultOf({ app: 'app', data: 'app/boards.csv' }, folder)).toContain(
    '"data" is in the folder of "app"',
  );
  expect(faultOf({ app: 'app', data: 'apples.csv' }, folder)).toBe('none');
});

test('takes a firmware by its file where there is one, else by its version', () => {
  const folder = temporaryFolder();
  const firmwareOf = (firmware: string) => parse({ firmware }, folder).firmware;
  writeFileSync(join(folder, 'own.bin'), '');
  expect(firmwareOf('own.bin')).toBe(join(folder, 'own.bin'));
  expect(firmwareOf('1.27.0')).toBe('1.27.0');
  expect(firmwareOf('build/own.bin')).toBe(join(folder, 'build', 'own.bin'));
});
