// esp-portal simulate

import { type ChildProcess, spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { PortalError } from '../../errors.js';
import type { Port } from '../../port/port.js';
import { defineCommand } from '../command.js';
import type { CommandContext } from '../run.js';

/** Where everybody looks for RFC 2217. */
const DEFAULT_LISTEN = '127.0.0.1:2217';

export const simulateCommand = defineCommand({
  name: 'simulate',
  summary: 'Keep a virtual board running and serve it to other programs',
  details: [],
  options: {
    listen: {
      type: 'string',
      requiresArg: true,
      default: DEFAULT_LISTEN,
      describe: 'Address for rfc2217:// clients; port 0 for any free one',
    },
    pty: {
      type: 'string',
      requiresArg: true,
      describe: 'Make this path a pseudo-terminal of the board instead (needs socat; has no reset lines)',
    },
  },
  examples: [
    ['simulate --port virtual:desk', 'then: esptool --port rfc2217://127.0.0.1:2217 chip-id'],
    ['simulate --port virtual:desk --listen 127.0.0.1:0', 'on any free port'],
    ['simulate --port virtual:desk --pty /tmp/board', 'then: mpremote connect /tmp/board'],
  ],
  async run(args, context) {
    const address = parseListen(args.pty === undefined ? args.listen : '127.0.0.1:0');
    const port = await context.openPort({ otherwise: 'virtual:' });
    await serve(port, address, args.pty, context);
    return { fields: {}, lines: [] };
  },
});

async function serve(
  port: Port,
  { host, tcpPort }: { host: string; tcpPort: number },
  pty: string | undefined,
  { reporter, signal }: CommandContext,
): Promise<void> {
  const { servePort } = await import('../../port/rfc2217/server.js');
  const say = (message: string, url?: string) => {
    reporter.notice({ event: 'notice', message, ...(url === undefined ? {} : { url }) });
  };
  const ended = new AbortController();
  let socat: ChildProcess | undefined;
  try {
    await servePort(port, {
      protocol: pty === undefined ? 'rfc2217' : 'raw',
      host,
      tcpPort,
      signal: AbortSignal.any([signal, ended.signal]),
      onListening: (listening) => {
        if (pty === undefined) announce(port, listening, say);
        else socat = attachPty(pty, listening.port, ended, say);
      },
      onClient: (client, isConnected) => say(`${client} ${isConnected ? 'connected' : 'left'}.`),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && 'syscall' in error && error.syscall === 'listen'))
      throw error;
    throw new PortalError('usage', `--listen ${host}:${tcpPort} cannot be had (${error.code}).`, {
      cause: error,
    });
  } finally {
    socat?.kill();
  }
  if (ended.signal.aborted) throw ended.signal.reason;
}

function announce(
  port: Port,
  { address, port: tcpPort }: AddressInfo,
  say: (message: string, url: string) => void,
): void {
  const url = `rfc2217://${address.includes(':') ? `[${address}]` : address}:${tcpPort}`;
  const isLoopback = address.startsWith('127.') || address === '::1';
  const who = isLoopback ? 'programs on this computer only' : 'ANYBODY who can reach this computer';
  say(`${port.name} is served on ${url}, to ${who}. Ctrl-C ends it.`, url);
}

/** Node has no pseudo-terminals; socat joins one to the socket on which the board is served. */
function attachPty(
  path: string,
  tcpPort: number,
  ended: AbortController,
  say: (message: string) => void,
): ChildProcess {
  const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${tcpPort},nodelay`], {
    stdio: 'ignore',
  });
  const fail = (cause: Error) =>
    ended.abort(new PortalError('usage', `socat, which --pty needs, did not start or has ended.`, { cause }));
  socat.once('error', fail);
  socat.once('exit', (code) => fail(new Error(`socat ended with ${code}`)));
  socat.once('spawn', () => say(`The board is served on the pseudo-terminal ${path}. Ctrl-C ends it.`));
  return socat;
}

function parseListen(listen: string): { host: string; tcpPort: number } {
  const match = /^(?:(.+):)?(\d{1,5})$/.exec(listen);
  const tcpPort = Number(match?.[2]);
  if (!match || tcpPort > 65535) {
    throw new PortalError('usage', `--listen ${listen}: give an address such as ${DEFAULT_LISTEN}.`);
  }
  return { host: (match[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), tcpPort };
}
