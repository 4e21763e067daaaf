// Runs a command on several boards at the same time, each with its own port and reporter.

import { PortalError } from '../errors.js';
import { shellWord } from '../input/shell-word.js';
import { forEachBoard } from '../operations/boards/for-each-board.js';
import { type BoardNames, nameOf, readBoardNames } from '../operations/boards/names.js';
import { addressIn, labelOf, namesFile } from './board-names.js';
import type { Command } from './command.js';
import { CommandPort, type PortValues, sayWaiting } from './command-port.js';
import type { CommandContext } from './context.js';
import type { Host } from './host.js';
import { ALL_BOARDS, portsIn } from './port-list.js';
import { createBoardsDisplay } from './report/boards/boards-display.js';
import type { ReporterValues } from './report/create-reporter.js';
import { BoardsFailed, describeFailure, withUntouchedBoard } from './report/failure.js';
import { resultFields } from './report/json-reporter.js';
import type { Failure, Outcome } from './report/reporter.js';
import type { Exchange } from './report/serial-trace.js';

type BoardsContext = Omit<CommandContext, 'openPort' | 'portAddress' | 'localUrl'>;
type BoardsValues = PortValues & ReporterValues;

interface BoardRun {
  readonly command: Command;
  readonly values: BoardsValues;
  readonly context: BoardsContext;
}

type BoardEnd = { readonly outcome: Outcome } | { readonly failure: Failure; readonly exchange?: Exchange };

/**
 * Runs a command on the boards that --port names.
 * @throws PortalError `usage` for a command or options that are for one board, `port-none`; what checkPorts throws;
 *   BoardsFailed
 */
export async function runOnBoards(
  command: Command,
  values: BoardsValues,
  context: BoardsContext,
): Promise<Outcome> {
  refuseOptions(command, values);
  const names = await readBoardNames(namesFile(context.host));
  const addresses = await boardsOf(values, context, names);
  const boards = [...addresses.keys()];
  const display = await createBoardsDisplay({
    ...{ labels: boards, values, redactor: context.redactor, host: context.host },
    showsLog: command.followsBoard ?? false,
    nameOfMac: (mac) => nameOf({ mac }, names),
  });
  const ends = new Map<string, BoardEnd>();
  const results = await forEachBoard(
    boards,
    async ({ board }) => {
      display.started(board);
      const reporter = display.reporter(board);
      const address = addresses.get(board) ?? board;
      const end = await runOnBoard(address, { command, values, context }, reporter);
      ends.set(board, end);
      if ('outcome' in end) reporter.done(command.name, end.outcome);
      else reporter.failed(command.name, end.failure);
    },
    { signal: context.signal, ...(command.severalBoards?.startsTogether && { staggerMs: 0 }) },
  );
  for (const result of results) {
    if (result.ok) continue;
    const failure = describeFailure(result.error, {
      command: command.name,
      port: addresses.get(result.board),
    });
    if (!result.isStarted) display.reporter(result.board).failed(command.name, failure);
    ends.set(result.board, { failure });
  }
  display.finish();
  const entries = results.map(({ board, seconds }) => {
    const end = ends.get(board);
    return { board, seconds: Math.round(seconds * 1000) / 1000, ...(end && resultFields(end)) };
  });
  const fields = { boards: entries };
  const failed = worstOf(addresses, ends, context.signal);
  if (failed) throw new BoardsFailed({ ...failed, fields });
  return { fields, lines: [] };
}

/** The addresses by the names that are shown, checked before anything is done to a board. */
async function boardsOf(
  values: BoardsValues,
  { host, signal, reporter }: BoardsContext,
  names: BoardNames,
): Promise<Map<string, string>> {
  const named = portsIn(values.port ?? '');
  const { allBoards, checkPorts } = await import('../operations/boards/check-ports.js');
  const devicesFolder = host.env.ESP_PORTAL_USB_DEVICES;
  const hasAll = named.includes(ALL_BOARDS);
  if (values.wait && hasAll) {
    const { waitForBoard } = await import('../operations/ports/ports.js');
    await waitForBoard({ devicesFolder, signal, onWait: () => sayWaiting(reporter) });
  }
  const all = hasAll ? await allBoards(devicesFolder) : [];
  const boards = named.flatMap((port) => {
    if (port !== ALL_BOARDS)
      return [{ address: addressIn(names, port), name: names.has(port) ? port : undefined }];
    return all.map((board) => ({ address: board.path, name: nameOf(board, names) }));
  });
  await checkPorts(
    boards.map(({ address }) => address),
    { mayBeMissing: values.wait ?? false, devicesFolder },
  );
  return new Map(boards.map(({ address, name }) => [name ?? labelOf(address, names), address]));
}

function refuseOptions({ name, severalBoards }: Command, values: object): void {
  if (!severalBoards)
    throw new PortalError('usage', `${name} takes one port.`, { next: `esp-portal ${name} --port PORT` });
  const given = Object.entries(values).find(
    ([option, value]) => value && severalBoards.refuses.includes(option),
  );
  if (given) {
    throw new PortalError('usage', `--${given[0]} is for one board.`, {
      next: `Leave --${given[0]} out, or run ${name} for one board after the other.`,
    });
  }
}

async function runOnBoard(
  address: string,
  { command, values, context }: BoardRun,
  reporter: CommandContext['reporter'],
): Promise<BoardEnd> {
  const { signal } = context;
  const host = withoutKeyboard(context.host);
  const own = { ...values, port: address };
  const { followsBoard = false } = command;
  await using port = new CommandPort(own, { host, reporter, signal, followsBoard });
  try {
    const outcome = await command.run(own as never, {
      ...context,
      host,
      reporter,
      openPort: (choice) => port.open(choice),
      portAddress: () => port.address ?? '',
      localUrl: () => port.localUrl,
    });
    port.endNotices();
    return { outcome };
  } catch (thrown) {
    port.endNotices();
    const error = withUntouchedBoard(thrown, signal, command);
    const failure = describeFailure(error, { command: command.name, port: address });
    return { failure, exchange: port.exchange };
  }
}

/** No prompts: it would not be clear which board asks. */
function withoutKeyboard(host: Host): Host {
  const { argv, env, stdout, stderr, stdin } = host;
  const cwd = () => host.cwd();
  const silent: Host['stdin'] = Object.create(stdin, { isTTY: { value: false } });
  return { argv, env, cwd, stdout, stderr, stdin: silent, exitCode: undefined };
}

/** A bug is the worst, then an interruption, then the highest exit status. */
function worstOf(
  addresses: ReadonlyMap<string, string>,
  ends: ReadonlyMap<string, BoardEnd>,
  signal: AbortSignal,
): Pick<BoardsFailed, 'worst' | 'exchange'> | undefined {
  const failed = [...addresses].flatMap(([board, address]) => {
    const end = ends.get(board);
    return end && 'failure' in end ? [{ board, address, ...end }] : [];
  });
  const rank = (status: number) => ({ 1: 1000, 130: 500 })[status] ?? status;
  const [first] = failed.toSorted((a, b) => rank(b.failure.exitCode) - rank(a.failure.exitCode));
  if (first === undefined) return undefined;
  const { exchange } = first;
  const { error } = first.failure;
  if (!(error instanceof PortalError)) return { worst: error, exchange };
  const names = failed.map(({ board }) => board).join(', ');
  const again = failed.map(({ address }) => address).join(',');
  const interrupted = signal.aborted && error.code === 'interrupted' ? `${signal.reason.message} ` : '';
  const message = `${interrupted}${failed.length} of ${addresses.size} boards failed: ${names}.`;
  const next = `Run the same command for them: --port ${shellWord(again)}`;
  return { worst: new PortalError(error.code, message, { cause: error, next }), exchange };
}
