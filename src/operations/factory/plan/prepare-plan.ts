// A plan with all that it names, read and checked for every row before the first board is touched.

import { basename } from 'node:path';
import { PortalError } from '../../../errors.js';
import { FileProblem, readRegularFile } from '../../../input/regular-file.js';
import { utf8Text } from '../../../input/utf8-text.js';
import { EventFilter } from '../../../log/event-filter.js';
import type { BundleFile } from '../../../portal/bundle.js';
import { appFiles } from '../../install/app-files.js';
import type { InstallOptions } from '../../install/install.js';
import { cleanLogo, type PortalConfig } from '../../install/portal-config.js';
import type { RowName, StartedLine } from '../record/record-lines.js';
import { type BoardData, readBoardData, SERIAL_COLUMN } from './board-data.js';
import { planFault } from './field-reader.js';
import { fillLabel, hasQrCode, labelFault } from './label.js';
import {
  type BoardValues,
  fillPlaceholders,
  placeholderFault,
  randomLengthsIn,
  strayBraces,
} from './placeholders.js';
import { type PlanFile, readPlanFile, type SettingTemplate } from './plan-file.js';
import { refuseMissingPackages } from './plan-packages.js';
import { PORTAL_NAMES } from './portal-names.js';
import { fillSetting, textsOf } from './settings-of-board.js';

const MAX_LABEL_BYTES = 1024 * 1024;
const MAX_LOGO_FILE_BYTES = 64 * 1024;
/** On the board, for its program. */
const DEVICE_FILE = 'device.json';
/** An ESP8266 has less than 40 KB of memory for the program and what it reads. */
const MAX_DEVICE_BYTES = 16 * 1024;

/** What one board is to be. */
interface BoardRow extends RowName {
  readonly columns: ReadonlyMap<string, string>;
}

export interface TestFilters {
  readonly until: EventFilter;
  readonly failOn: EventFilter | undefined;
  readonly timeoutMs: number;
}

export class PreparedPlan {
  readonly file: PlanFile;
  readonly test: TestFilters | undefined;
  /** Of the random texts of each board. */
  readonly randomLengths: readonly number[];
  /** The program, the same for all boards. */
  readonly appFiles: readonly BundleFile[] | undefined;
  /** The same for boards of another form than the usual one. */
  readonly #appFor: InstallOptions['appFor'];
  readonly #data: BoardData | undefined;
  readonly #label: string | undefined;
  /** Where rows are known by their serial numbers, whatever their place. */
  readonly #bySerial: ReadonlyMap<string, BoardRow | undefined> | undefined;

  constructor(
    file: PlanFile,
    read: {
      data?: BoardData | undefined;
      label?: string | undefined;
      app?: readonly BundleFile[] | undefined;
      appFor?: InstallOptions['appFor'];
    },
  ) {
    this.file = file;
    this.#data = read.data;
    this.#label = read.label;
    this.appFiles = read.app;
    this.#appFor = read.appFor;
    this.randomLengths = randomLengthsIn(this.#templates.map(({ text }) => text));
    this.test = testOf(file);
    if (read.data?.columns.includes(SERIAL_COLUMN))
      this.#bySerial = new Map(
        read.data.rows.map(({ number, values }) => [values.get(SERIAL_COLUMN) ?? '', this.row(number)]),
      );
  }

  /** How many boards there are to make; `undefined` without a limit. */
  get boards(): number | undefined {
    return this.file.boards ?? this.#data?.rows.length;
  }

  get hasLabel(): boolean {
    return this.#label !== undefined;
  }

  /** @param number from 1 @returns `undefined` where the data has no such row */
  row(number: number): BoardRow | undefined {
    if (!this.#data) return { number, serial: String(number), columns: new Map() };
    const values = this.#data.rows[number - 1]?.values;
    return values && { number, serial: values.get(SERIAL_COLUMN) ?? String(number), columns: values };
  }

  /**
   * What the placeholders of a board stand for.
   * @throws PortalError `usage` where its row is no longer in the data
   */
  values({ mac, row: number, serial, random = {} }: StartedLine): BoardValues {
    const row = this.#bySerial?.get(serial) ?? this.row(number);
    if (row?.serial !== serial)
      throw planFault(
        this.#data?.name ?? this.file.name,
        `row ${number}, serial ${serial}, is missing: the board with the MAC ${mac} has it`,
      );
    const texts = Object.entries(random).map(([length, text]) => [Number(length), text] as const);
    return { mac, serial, columns: row.columns, random: new Map(texts) };
  }

  /** The portal's settings of a board; what the plan does not name is the portal's default. */
  config(values: BoardValues): PortalConfig {
    const all = Object.keys(PORTAL_NAMES).map((key) => [key, null] as const);
    const given = [...this.file.portal].map(
      ([key, template]) => [key, this.#setting(key, template, values)] as const,
    );
    return Object.fromEntries([...all, ...given]);
  }

  /** The same plan with packages in its program. */
  withProgram(app: readonly BundleFile[], appFor: InstallOptions['appFor']): PreparedPlan {
    return new PreparedPlan(this.file, { data: this.#data, label: this.#label, app, appFor });
  }

  /** The program with the board's own data. */
  app(values: BoardValues): Pick<InstallOptions, 'app' | 'appFor'> {
    const bytes = this.#deviceFile(values);
    const own = bytes ? [{ path: DEVICE_FILE, bytes }] : [];
    const appFor = this.#appFor;
    return {
      app: bytes ? [...(this.appFiles ?? []), ...own] : this.appFiles,
      ...(appFor && { appFor: async (form) => [...(await appFor(form)), ...own] }),
    };
  }

  #deviceFile(values: BoardValues): Buffer | undefined {
    const { device } = this.file;
    if (device.size === 0) return undefined;
    const filled = [...device].map(([name, template]) => [name, fillPlaceholders(template, values)]);
    return Buffer.from(`${JSON.stringify(Object.fromEntries(filled))}\n`);
  }

  /** The label of a board as SVG. */
  async label(values: BoardValues): Promise<string | undefined> {
    if (this.#label === undefined) return undefined;
    const { essid, password } = this.config(values);
    return fillLabel(this.#label, values, { essid: essid ?? undefined, password: password ?? undefined });
  }

  /** @throws PortalError `usage` with row and column */
  async check(): Promise<void> {
    const { file } = this;
    const columns = this.#data ? this.#data.columns : [SERIAL_COLUMN];
    for (const { place, text } of this.#templates) {
      const fault = placeholderFault(text, columns) ?? (place === LABEL ? undefined : strayFault(text));
      if (fault !== undefined)
        throw planFault(
          place === LABEL ? (file.label ?? '') : file.name,
          place === LABEL ? fault : `${place} ${fault}`,
        );
    }
    if (this.randomLengths.length > 0 && !file.recordSecrets)
      throw planFault(
        file.name,
        '{random:…} needs "recordSecrets": true: without it the texts of a board could not be found again for its repair or its label',
      );
    if (this.appFiles?.some(({ path }) => path === DEVICE_FILE) && file.device.size > 0)
      throw planFault(
        file.name,
        `"device" makes ${DEVICE_FILE}, and the folder of "app" has a file of this name`,
      );
    const rows = this.#data?.rows.length;
    if (rows !== undefined && file.boards !== undefined && file.boards > rows)
      throw planFault(
        this.#data?.name ?? '',
        `it has ${rows} row${rows === 1 ? '' : 's'} for ${file.boards} boards`,
      );
    if (this.#label !== undefined && hasQrCode(this.#label) && !file.portal.has('essid'))
      throw planFault(file.name, 'the QR code of the label needs "portal.essid"');
    for (let number = 1; number <= (rows ?? 1); number++) await this.#checkRow(number);
  }

  async #checkRow(number: number): Promise<void> {
    const row = this.row(number);
    if (!row) return;
    const random = new Map(this.randomLengths.map((length) => [length, 'x'.repeat(length)]));
    const values = { mac: 'ff:ff:ff:ff:ff:ff', serial: row.serial, columns: row.columns, random };
    for (const [key, template] of this.file.portal) this.#setting(key, template, values, number);
    const deviceBytes = this.#deviceFile(values)?.length ?? 0;
    if (deviceBytes > MAX_DEVICE_BYTES)
      throw planFault(
        this.#data?.name ?? this.file.name,
        `row ${number}: "device" has ${Math.ceil(deviceBytes / 1024)} KB of texts, and a board has memory for ${MAX_DEVICE_BYTES / 1024} KB`,
      );
    if (number === 1) await this.label(values); // the same for all of them
  }

  #setting<K extends keyof PortalConfig>(
    key: K,
    template: SettingTemplate,
    values: BoardValues,
    row?: number,
  ): PortalConfig[K] {
    return fillSetting(key, template, values, () => this.#place(key, template, row));
  }

  /** Where a wrong value comes from: the cell, if it comes from one. */
  #place(key: keyof PortalConfig, template: SettingTemplate, row: number | undefined): string {
    const name = PORTAL_NAMES[key];
    const texts = textsOf(template).join('\n');
    const columns = this.#data?.columns.filter((column) => texts.includes(`{${column}}`)) ?? [];
    if (row === undefined || columns.length === 0) return `${this.file.name}: "portal.${name}"`;
    return `${this.#data?.name} row ${row}, column ${columns.join(' and ')}: ${name}`;
  }

  get #templates(): { readonly place: string; readonly text: string }[] {
    const settings = [...this.file.portal].filter(([key]) => key !== 'logo');
    return [
      ...settings.flatMap(([key, template]) =>
        textsOf(template).map((text) => ({ place: `"portal.${PORTAL_NAMES[key]}"`, text })),
      ),
      ...[...this.file.device].map(([name, text]) => ({ place: JSON.stringify(`device.${name}`), text })),
      ...(this.#label === undefined ? [] : [{ place: LABEL, text: this.#label }]),
    ];
  }
}

const LABEL = 'label';

/**
 * Reads a plan, factory.json, with everything that it names but the firmware, and checks it for every row.
 * @throws PortalError `usage` with file, row and column
 */
export async function loadPlan(path: string): Promise<PreparedPlan> {
  try {
    return await readPlan(path);
  } catch (error) {
    if (!(error instanceof PortalError) || error.code !== 'usage' || error.next !== undefined) throw error;
    throw error.with({ next: `Correct ${path}, or the file that it names, and run the same command again.` });
  }
}

async function readPlan(path: string): Promise<PreparedPlan> {
  const file = await readPlanFile(path);
  const data = file.data === undefined ? undefined : await readBoardData(file.data, basename(file.data));
  const label = file.label === undefined ? undefined : await readText(file.label, MAX_LABEL_BYTES);
  const fault = label === undefined ? undefined : labelFault(label);
  if (fault !== undefined) throw planFault(file.label ?? '', fault);
  const app =
    file.app === undefined
      ? undefined
      : await appFiles(file.app, { compiled: file.appMpy, refuseLinksOut: true });
  const plan = new PreparedPlan(await withLogo(file), { data, label, app });
  await plan.check();
  await refuseMissingPackages(file);
  return plan;
}

/** The drawing in the place of its path. */
async function withLogo(file: PlanFile): Promise<PlanFile> {
  const path = file.portal.get('logo');
  if (typeof path !== 'string') return file;
  const logo = cleanLogo(await readText(path, MAX_LOGO_FILE_BYTES));
  return { ...file, portal: new Map([...file.portal, ['logo', logo]]) };
}

async function readText(path: string, maxBytes: number): Promise<string> {
  try {
    return utf8Text(await readRegularFile(path, { maxBytes }));
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw new PortalError('usage', `${path} ${error.message}.`, { cause: error });
  }
}

function strayFault(text: string): string | undefined {
  const stray = strayBraces(text);
  return stray === undefined ? undefined : `has ${JSON.stringify(stray)}, which is no placeholder`;
}

function testOf({ test, name }: PlanFile): TestFilters | undefined {
  if (!test) return undefined;
  return {
    until: new EventFilter(test.until ?? '', `${name}: "test.until"`),
    failOn: test.failOn === undefined ? undefined : new EventFilter(test.failOn, `${name}: "test.failOn"`),
    timeoutMs: test.timeoutS * 1000,
  };
}
