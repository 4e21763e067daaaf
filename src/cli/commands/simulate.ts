// esp-portal simulate

import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PortalError } from '../../errors.js';
import { parseWhole } from '../../input/decimal.js';
import type { Port } from '../../operations/ports/ports.js';
import { defineCommand } from '../command.js';
import type { CommandContext } from '../context.js';

/** The usual TCP port for RFC 2217. */
const DEFAULT_LISTEN = '127.0.0.1:2217';

const LISTEN_FAULTS: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another program uses this port'],
  ['EACCES', 'the system lets only administrators use this port'],
  ['EADDRNOTAVAIL', 'this computer does not have that address'],
  ['ENOTFOUND', 'there is no host of that name'],
]);

export const simulateCommand = defineCommand({
  name: 'simulate',
  followsBoard: true,
  summary: 'Serve a virtual board to other programs',
  details: [],
  options: {
    listen: {
      type: 'string',
      requiresArg: true,
      default: DEFAULT_LISTEN,
      coerce: checkedListen,
      describe: 'Address for rfc2217:// clients; port 0 for any free one',
    },
    pty: {
      type: 'string',
      requiresArg: true,
      complete: 'files',
      path: true,
      describe:
        'Serve a pseudo-terminal at this path instead, which must not exist (needs socat; no reset lines)',
    },
  },
  examples: [
    ['simulate --port virtual:desk', 'then: esptool --port rfc2217://127.0.0.1:2217 chip-id'],
    ['simulate --port virtual:desk --listen 127.0.0.1:0', 'use any free TCP port'],
    ['simulate --port virtual:desk --pty /tmp/board', 'then: mpremote connect /tmp/board'],
  ],
  async run(args, context) {
    const { host, tcpPort } = parseListen(args.listen);
    refuseRealPort(args.port);
    if (args.pty !== undefined) {
      const { checkLinkPath } = await import('../terminal/pseudo-terminal.js');
      await checkLinkPath(args.pty);
    }
    const port = await context.openPort({ otherwise: 'virtual:' });
    if (args.pty === undefined) await serveTcp(port, host, tcpPort, context);
    else await servePty(port, args.pty, context);
    return { fields: {}, lines: [] };
  },
});

/** ESP_PORTAL_PORT may name a real board, which must not be opened to every program on this computer. */
function refuseRealPort(port = 'virtual:'): void {
  if (port.startsWith('virtual:')) return;
  throw new PortalError('usage', `simulate serves virtual boards only, and ${port} is another port.`, {
    next: 'esp-portal simulate --port virtual:',
  });
}

type Say = (message: string, url?: string) => void;

function sayTo({ reporter }: CommandContext): Say {
  return (message, url) => {
    reporter.notice({ event: 'notice', message, ...(url === undefined ? {} : { url }) });
  };
}

async function serveTcp(port: Port, host: string, tcpPort: number, context: CommandContext): Promise<void> {
  const { servePort } = await import('../../operations/ports/serve-port.js');
  const say = sayTo(context);
  try {
    await servePort(port, {
      protocol: 'rfc2217',
      at: { host, port: tcpPort },
      signal: context.signal,
      onListening: (address) => address && announce(port, address, say),
      onClient: (client, isConnected, refusal) => {
        if (refusal !== undefined) say(`${client} ${refusal} and was disconnected.`);
        else say(`${client} ${isConnected ? 'connected' : 'left'}.`);
      },
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error)) throw error;
    if (error.syscall !== 'listen' && error.syscall !== 'getaddrinfo') throw error;
    const why = LISTEN_FAULTS.get(String(error.code)) ?? error.message;
    throw new PortalError('usage', `--listen ${host}:${tcpPort}: ${why}.`, {
      cause: error,
      next: 'esp-portal simulate --listen 127.0.0.1:0 --port PORT',
    });
  }
}

/** Over a socket that only this user reaches: raw bytes on a TCP port would be open to every web page. */
async function servePty(port: Port, pty: string, context: CommandContext): Promise<void> {
  const { servePort } = await import('../../operations/ports/serve-port.js');
  const { linkPseudoTerminal, privateFolder, SOCKET_NAME, startSocat } = await import(
    '../terminal/pseudo-terminal.js'
  );
  const say = sayTo(context);
  const ended = new AbortController();
  const folder = await privateFolder();
  let socat: ChildProcess | undefined;
  let linking: Promise<() => Promise<void>> | undefined;
  try {
    await servePort(port, {
      protocol: 'raw',
      at: { path: join(folder, SOCKET_NAME) },
      signal: AbortSignal.any([context.signal, ended.signal]),
      onListening: () => {
        socat = startSocat(folder, (error) => ended.abort(error));
      },
      // socat runs, so its pseudo-terminal exists.
      onClient: (_client, isConnected) => {
        if (!isConnected) return;
        linking = linkPseudoTerminal(pty, folder);
        linking.then(
          () => say(`The board is served on the pseudo-terminal ${pty}. Ctrl-C ends it.`),
          (error) => ended.abort(error),
        );
      },
    });
  } finally {
    await linking?.then((unlink) => unlink()).catch(() => {});
    socat?.kill();
    await rm(folder, { recursive: true, force: true });
  }
  if (ended.signal.aborted && !context.signal.aborted) throw ended.signal.reason;
}

function announce(port: Port, { address, port: tcpPort }: AddressInfo, say: Say): void {
  const url = `rfc2217://${address.includes(':') ? `[${address}]` : address}:${tcpPort}`;
  const isLoopback = address.startsWith('127.') || address === '::1';
  const who = isLoopback ? 'programs on this computer only' : 'every computer that can reach this one';
  say(`${port.name} is served on ${url}, to ${who}. Ctrl-C ends it.`, url);
}

/** Keeps the text for the report. */
function checkedListen(listen: string): string {
  parseListen(listen);
  return listen;
}

function parseListen(listen: string): { host: string; tcpPort: number } {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(listen);
  const tcpPort = parseWhole(match?.[2] ?? '');
  if (!match || tcpPort === undefined || tcpPort > 65535) {
    throw new PortalError('usage', `--listen ${listen}: give an address such as ${DEFAULT_LISTEN}.`);
  }
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), tcpPort };
}
