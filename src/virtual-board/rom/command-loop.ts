// Receives commands one by one and answers them from a table. Independent of the commands.

import { buildAnswer, parseRequest, type Request } from './link/packet.js';
import type { SlipLink } from './link/slip-link.js';

/** What comes after a loader: its program has ended, or the chip was stopped under it. */
export type LoaderExit = 'stopped' | 'start-stub' | 'run-user-code' | 'restart' | 'crash';

/** Result of a command. Without `failure` it went well. */
export interface CommandOutcome {
  readonly value?: number;
  readonly data?: Uint8Array;
  /** Both bytes of the status: what esptool prints as four digits. */
  readonly failure?: readonly [status: number, error: number];
  /** How many times the answer is sent; 0 = never. */
  readonly answers?: number;
  /** Done once the answer is on its way: what the loader does not wait for with its answer. */
  readonly afterwards?: () => Promise<void> | void;
  /** The loader ends after its answer has left. */
  readonly exit?: LoaderExit;
}

export type LoaderCommand = (request: Request) => CommandOutcome | Promise<CommandOutcome>;

export interface CommandTable {
  readonly statusBytes: 2 | 4;
  readonly commands: ReadonlyMap<number, LoaderCommand>;
  /** Reaction of the loader to a command that is not in the table. */
  unknown(request: Request): CommandOutcome & { readonly op?: number };
}

const DONE = new Uint8Array(0);

/** Serves commands until one of them ends the loader or the link is closed. */
export async function serveCommands(link: SlipLink, table: CommandTable): Promise<LoaderExit> {
  for (;;) {
    const frame = await link.nextFrame();
    if (frame === undefined) return 'stopped';
    const request = parseRequest(frame);
    if (request === undefined) continue;
    const command = table.commands.get(request.op);
    const outcome: CommandOutcome & { op?: number } = command
      ? await command(request)
      : table.unknown(request);
    const [status, error] = outcome.failure ?? [0, 0];
    const answer = buildAnswer({
      op: outcome.op ?? request.op,
      value: outcome.value ?? 0,
      data: outcome.data ?? DONE,
      status,
      error,
      statusBytes: table.statusBytes,
    });
    for (let count = outcome.answers ?? 1; count > 0; count--) link.send(answer);
    await outcome.afterwards?.();
    if (outcome.exit !== undefined) {
      await link.uart.drained();
      return link.closed ? 'stopped' : outcome.exit;
    }
  }
}
