// esp-portal factory

import { PortalError } from '../../../errors.js';
import { parseWhole } from '../../../input/decimal.js';
import { defineCommand, type OptionValues } from '../../command.js';
import type { CommandContext } from '../../context.js';
import { networksOf } from '../../host.js';
import type { OptionTable } from '../../options/option-table.js';
import type { Outcome } from '../../report/reporter.js';

const DEFAULT_PLAN = 'factory.json';

const FACTORY_OPTIONS = {
  plan: {
    type: 'string',
    requiresArg: true,
    complete: 'files',
    path: true,
    defaultDescription: DEFAULT_PLAN,
    describe: 'The plan, for status, export and labels',
  },
  ports: {
    type: 'string',
    requiresArg: true,
    describe: 'Ports to watch, or names of boards, separated by commas (default: all boards on USB)',
  },
  network: {
    type: 'boolean',
    default: false,
    describe:
      'Also watch the ports that ser2net announces on the local networks, as ports --network lists them',
  },
  jobs: {
    type: 'string',
    requiresArg: true,
    coerce: jobCount,
    defaultDescription: 'as many as there are ports',
    describe: 'Boards at the same time; they start one second after the other',
  },
  once: { type: 'boolean', default: false, describe: 'Make the boards that are plugged in, then end' },
  redo: {
    type: 'boolean',
    default: false,
    describe: 'Erase boards that are recorded as made, and make them anew with their rows',
  },
} as const satisfies OptionTable;

type FactoryValues = OptionValues<typeof FACTORY_OPTIONS>;

export const factoryCommand = defineCommand({
  name: 'factory',
  summary: 'Make many boards, each with its own data, and record every one',
  details: [
    'It watches the ports. Each board that is plugged in is identified by its MAC address, gets the next row of the data, is flashed with its settings and files, restarted, tested, recorded and gets a label. Then you take it out. [factory.md](factory.md) has a session from the plan to the labels.',
    'The plan, `factory.json`, names the firmware, the program, the settings of the portal, the data (CSV) and the test. Everything in it is checked for every row before the first board.',
    'The record is written before a board is reported as done. After Ctrl-C, a power cut or a failure, run the same command again: no row is used twice, and an unfinished board goes on with its row. A board that is recorded as made is checked, and repaired where something differs; `--redo` makes it anew.',
    '`factory status` prints what is made, failed and left. `factory export FILE.csv` writes the record as CSV, `factory labels` the labels once more, or `factory labels SERIAL` one of them.',
    'It erases whatever else is on a board: while it runs, plug in only boards that are to be made.',
  ],
  options: FACTORY_OPTIONS,
  positionals: [
    { name: 'what', describe: 'The plan, or status, export or labels', isOptional: true },
    { name: 'name', describe: 'File of export; serial number or MAC address for labels', isOptional: true },
  ],
  examples: [
    ['factory', 'make the boards of factory.json in this folder, until Ctrl-C'],
    ['factory lamp.json --jobs 4', 'another plan, four boards at the same time'],
    ['factory --once --ports /dev/ttyUSB0,/dev/ttyUSB1 --json', 'make these boards, for a script'],
    ['factory --network', 'also the boards of other computers'],
    ['factory status', 'print what is made, failed and left'],
    ['factory export made.csv', 'write the record as CSV'],
  ],
  async run(args, context) {
    const { what, name } = args as { what?: string; name?: string };
    const act = what !== undefined && Object.hasOwn(ACTS, what) ? ACTS[what] : undefined;
    if (act) return act(args.plan ?? DEFAULT_PLAN, name, context);
    if (name !== undefined) throw new PortalError('usage', `factory ${what} takes no second word: ${name}.`);
    if (what !== undefined && args.plan !== undefined)
      throw new PortalError('usage', `Two plans are named: ${what} and ${args.plan}.`);
    return makeBoards(what ?? args.plan ?? DEFAULT_PLAN, args, context);
  },
});

type Act = (plan: string, name: string | undefined, context: CommandContext) => Promise<Outcome>;

const load = () => import('../../../operations/factory/read-record.js');

const ACTS: Readonly<Record<string, Act>> = {
  async status(plan, name) {
    refuseName('status', name);
    const { loadPlan } = await import('../../../operations/factory/plan/prepare-plan.js');
    const { factoryStatus } = await load();
    const { describeStatus } = await import('../../report/factory/describe.js');
    const status = await factoryStatus(await loadPlan(plan));
    return { fields: { ...status }, lines: describeStatus(status), isListing: true };
  },
  async export(plan, file) {
    const { loadPlan } = await import('../../../operations/factory/plan/prepare-plan.js');
    const { factoryExport } = await load();
    const csv = await factoryExport(await loadPlan(plan));
    if (file === undefined) return { fields: { csv }, lines: csv.trimEnd().split('\r\n'), isListing: true };
    const { checkExportFile } = await import('./export-file.js');
    const { writeWholeFile } = await import('../../../input/write-whole-file.js');
    await checkExportFile(file);
    await writeWholeFile(file, [Buffer.from(csv)], { mode: 0o600 });
    const boards = csv.trimEnd().split('\r\n').length - 1;
    return { fields: { file, boards }, lines: [`The record is in ${file}: ${count(boards, 'board')}.`] };
  },
  async labels(plan, name) {
    const { loadPlan } = await import('../../../operations/factory/plan/prepare-plan.js');
    const { factoryLabels } = await load();
    const loaded = await loadPlan(plan);
    if (!loaded.hasLabel) throw new PortalError('usage', `${plan} has no "label".`);
    const files = await factoryLabels(loaded, name);
    if (files.length === 0 && name !== undefined)
      throw new PortalError('usage', `No board that is made has the serial number or MAC address ${name}.`);
    return {
      fields: { files },
      lines: files.length > 0 ? files : ['No board is made yet.'],
      isListing: true,
    };
  },
};

async function makeBoards(planFile: string, args: FactoryValues, context: CommandContext): Promise<Outcome> {
  const { host, redactor, settings, signal, interruptedBy } = context;
  if (args.port !== undefined && !settings.some(({ option }) => option === 'port'))
    throw new PortalError('usage', 'factory watches several ports: name them with --ports.');
  const ports = args.ports === undefined ? undefined : await namedPorts(args.ports, host);
  const { loadPlan } = await import('../../../operations/factory/plan/prepare-plan.js');
  const { factory } = await import('../../../operations/factory/factory.js');
  const { usbPorts } = await import('../../../operations/factory/factory-ports.js');
  const { packagesOptions } = await import('../../project/packages.js');
  const { userFirmwareFolder } = await import('../../options/firmware-store.js');
  const { createFactoryView } = await import('../../report/factory/create-factory-view.js');
  const { describeResult, failureOf } = await import('../../report/factory/describe.js');
  const { labelOf, namesFile } = await import('../../board-names.js');
  const { readBoardNames } = await import('../../../operations/boards/names.js');
  const { packageVersion } = await import('../../package-version.js');
  const plan = await loadPlan(planFile);
  const names = await readBoardNames(namesFile(host));
  const shown = { plan, ports, network: args.network, labelOf: (port: string) => labelOf(port, names) };
  const view = await createFactoryView(args, shown, { redactor, host });
  const masked = new Set<string>();
  const onSecret = (secret: string) => {
    if (!masked.has(secret)) redactor.addValue(secret);
    masked.add(secret);
  };
  let result: Awaited<ReturnType<typeof factory>>;
  try {
    result = await factory({
      plan,
      ports,
      ...(!ports && { listPlaces: usbPorts(host.env.ESP_PORTAL_USB_DEVICES) }),
      store: userFirmwareFolder(host),
      packages: packagesOptions(context),
      tool: `esp-portal ${packageVersion()}`,
      network: args.network && { interfaces: networksOf(host) },
      jobs: args.jobs,
      once: args.once,
      redo: args.redo,
      signal,
      onEvent: (event) => view.show(event),
      onSecret,
    });
  } finally {
    view.finish();
  }
  // With --once, boards that were plugged in may not have had their turn.
  if (result.unfinished > 0 || (signal.aborted && (args.once || interruptedBy() !== 'SIGINT')))
    throw signal.reason instanceof PortalError
      ? signal.reason.with({ adds: describeResult(result).join(' ') })
      : signal.reason;
  if (args.once && result.failed.length > 0) throw failureOf(result, shown.labelOf);
  const { failed, ...counts } = result;
  const failures = failed.map(({ board, error }) => ({ board, code: error.code }));
  return { fields: { ...counts, failed: failures }, lines: describeResult(result) };
}

/** A word that names nothing would be waited for without end. */
async function namedPorts(list: string, host: CommandContext['host']): Promise<string[]> {
  const { ALL_BOARDS, portsIn } = await import('../../port-list.js');
  const { addressOfBoard } = await import('../../board-names.js');
  const named = portsIn(list);
  if (named.length === 0) throw new PortalError('usage', `--ports ${list} names no port.`);
  if (named.includes(ALL_BOARDS))
    throw new PortalError('usage', '--ports takes no "all": without --ports, all boards on USB are watched.');
  const ports = await Promise.all(named.map((port) => addressOfBoard(port, host)));
  const { devicesOf } = await import('../../../operations/boards/check-ports.js');
  await devicesOf(ports, host.env.ESP_PORTAL_USB_DEVICES);
  return ports;
}

function jobCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = parseWhole(text);
  if (jobs !== undefined && jobs >= 1) return jobs;
  throw new PortalError('usage', `--jobs ${text}: give a whole number from 1.`);
}

function refuseName(action: string, name: string | undefined): void {
  if (name !== undefined) throw new PortalError('usage', `factory ${action} takes no second word: ${name}.`);
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}
