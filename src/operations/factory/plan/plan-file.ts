// Reads a plan, factory.json: its fields and their types. What they lead to is read by prepare-plan.ts. The same rules for
// editors are in docs/factory.schema.json.

import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { PortalError } from '../../../errors.js';
import { isObject, parseJson } from '../../../input/parse-json.js';
import { FileProblem, readRegularFile } from '../../../input/regular-file.js';
import { utf8Text } from '../../../input/utf8-text.js';
import type { PortalConfig } from '../../install/portal-config.js';
import { type PackageName, parsePackageName } from '../../packages/package-name.js';
import { FieldReader, isWithin, planFault } from './field-reader.js';
import { PORTAL_NAMES } from './portal-names.js';

const MAX_FILE_BYTES = 256 * 1024;
const MAX_BOARDS = 1_000_000;
const MAX_TIMEOUT_S = 3600;
const DEFAULT_TEST_TIMEOUT_S = 60;

/** A portal setting as the plan has it; texts may have placeholders. */
export type SettingTemplate = string | number | readonly unknown[];

interface TestPlan {
  /** As --until and --fail-on of monitor. */
  readonly until: string | undefined;
  readonly failOn: string | undefined;
  readonly timeoutS: number;
}

export interface PlanFile {
  /** For messages. */
  readonly name: string;
  /** Absolute, as all paths here. */
  readonly folder: string;
  /** A file, an address, a version, `latest` or `preview`. */
  readonly firmware: string | undefined;
  readonly app: string | undefined;
  readonly appMpy: boolean;
  /** That the program needs; `undefined` where the plan does not name them. */
  readonly packages: readonly PackageName[] | undefined;
  readonly portal: ReadonlyMap<keyof PortalConfig, SettingTemplate>;
  readonly data: string | undefined;
  /** What device.json on the board has, by its names. */
  readonly device: ReadonlyMap<string, string>;
  readonly test: TestPlan | undefined;
  readonly label: string | undefined;
  readonly record: string;
  /** `made-labels/` of `made.jsonl`. */
  readonly labelFolder: string;
  readonly recordSecrets: boolean;
  /** How many to make; without it, as many as there are rows, or any number. */
  readonly boards: number | undefined;
}

/** @throws PortalError `usage` */
export async function readPlanFile(path: string): Promise<PlanFile> {
  let text: string;
  try {
    text = utf8Text(await readRegularFile(path, { maxBytes: MAX_FILE_BYTES }));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new PortalError('usage', `${path} ${error.message}.`, {
      next: 'Write a plan as docs/factory.md shows, or name it: esp-portal factory plan.json',
    });
  }
  let content: unknown;
  try {
    content = parseJson(text);
  } catch (error) {
    throw planFault(path, `this is not JSON: ${(error as Error).message}`);
  }
  return parsePlan(content, path);
}

/**
 * @param path of the file, also where it does not exist
 * @throws PortalError `usage`
 */
export function parsePlan(content: unknown, path: string): PlanFile {
  if (!isObject(content)) throw planFault(path, 'this is not a JSON object such as {"data": "boards.csv"}');
  const read = new FieldReader(content, path);
  read.text('$schema');
  const plan: PlanFile = {
    name: path,
    folder: dirname(resolve(path)),
    firmware: readFirmware(read),
    app: read.path('app'),
    appMpy: read.flag('app-mpy'),
    packages: readPackages(read),
    portal: readPortal(read.object('portal')),
    data: read.path('data'),
    device: readDevice(read.object('device')),
    test: readTest(read.object('test')),
    label: read.path('label'),
    ...readRecord(read),
    recordSecrets: read.flag('recordSecrets'),
    boards: read.whole('boards', 1, MAX_BOARDS),
  };
  read.end();
  for (const key of ['app-mpy', 'packages'])
    if (read.value(key) !== undefined && plan.app === undefined) throw read.fault(key, 'needs "app"');
  refuseFilesInApp(plan, read);
  return plan;
}

/** All of the folder goes onto each board: the data and the record of all boards may not. */
function refuseFilesInApp({ app, data, record, label }: PlanFile, read: FieldReader): void {
  if (app === undefined) return;
  const inApp = Object.entries({ record, data, label }).find(
    ([, path]) => path !== undefined && isWithin(app, path),
  );
  if (inApp === undefined) return;
  throw read.fault(
    inApp[0],
    `is in the folder of "app", ${app}, which goes onto each board: move the program into a separate folder`,
  );
}

function readFirmware(read: FieldReader): string | undefined {
  const value = read.text('firmware');
  if (value === undefined || value.startsWith('https://')) return value;
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(value))
    throw read.fault('firmware', 'takes a file, a version or an https:// address');
  const place = read.inFolder('firmware', value);
  return /[\\/]/.test(value) || existsSync(place) ? place : value;
}

function readPackages(read: FieldReader): PlanFile['packages'] {
  const value = read.value('packages');
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || !value.every((name) => typeof name === 'string'))
    throw read.fault('packages', 'takes a list of texts: ["umqtt.simple"]');
  return value.map((name) => parsePackageName(name));
}

function readRecord(read: FieldReader): Pick<PlanFile, 'record' | 'labelFolder'> {
  const value = read.text('record') ?? 'made.jsonl';
  if (value.endsWith('.jsonl'))
    return {
      record: read.inFolder('record', value),
      labelFolder: read.inFolder('record', value.replace(/\.jsonl$/, '-labels')),
    };
  throw read.fault('record', 'takes a name that ends in .jsonl, such as "made.jsonl"');
}

/** Settings that are numbers; the plan may have them as texts with placeholders. */
const NUMBERS: readonly (keyof PortalConfig)[] = ['timeout_s', 'button'];

function readPortal(read: FieldReader | undefined): PlanFile['portal'] {
  const portal = new Map<keyof PortalConfig, SettingTemplate>();
  if (!read) return portal;
  for (const [key, name] of Object.entries(PORTAL_NAMES) as [keyof PortalConfig, string][]) {
    const value = key === 'logo' ? read.path(name) : read.value(name);
    const isText = typeof value === 'string' && value !== '';
    const isNumber = NUMBERS.includes(key) && typeof value === 'number' && Number.isInteger(value);
    if (isText || isNumber || (key === 'fields' && Array.isArray(value))) portal.set(key, value);
    else if (value !== undefined) throw read.fault(name, `takes ${typesOf(key)}`);
  }
  read.end();
  return portal;
}

function typesOf(key: keyof PortalConfig): string {
  if (key === 'fields') return 'a text or a list of fields';
  return NUMBERS.includes(key) ? 'a whole number or a text' : 'a text';
}

function readDevice(read: FieldReader | undefined): ReadonlyMap<string, string> {
  return new Map(read?.keys().map((key) => [key, read.text(key) ?? '']));
}

function readTest(read: FieldReader | undefined): TestPlan | undefined {
  if (!read) return undefined;
  const test = {
    until: read.text('until'),
    failOn: read.text('failOn'),
    timeoutS: read.whole('timeoutS', 1, MAX_TIMEOUT_S) ?? DEFAULT_TEST_TIMEOUT_S,
  };
  read.end();
  if (test.until === undefined)
    throw read.fault('until', 'is missing: name the event that shows a good board');
  return test;
}
