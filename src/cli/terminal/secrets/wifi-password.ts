// The password of a network, from wherever a person or a script gives it; never from an argument, which other users see.

import { PortalError } from '../../../errors.js';
import { checkPassword, checkSsid, type WantedByName } from '../../../operations/wifi/ssid.js';
import type { CommandContext } from '../../context.js';
import type { Host } from '../../host.js';
import { PASSWORD_VARIABLE } from '../../options/shared.js';
import { askSecret, isInteractive } from '../ask.js';
import { inOneLine } from '../text.js';
import { stdinLines } from './stdin-lines.js';

interface JoinValues {
  readonly 'password-stdin': boolean;
  readonly open: boolean;
  readonly json: boolean;
}

/**
 * The network to join, checked before the port is opened.
 * @throws PortalError `usage` for a name or a password that cannot be one, or without a password; `interrupted`
 */
export async function wantedNetwork(
  ssid: string,
  args: JoinValues,
  context: Pick<CommandContext, 'host' | 'redactor' | 'signal'>,
): Promise<WantedByName> {
  checkSsid(ssid);
  const password = args.open ? '' : await wifiPassword(ssid, args, context);
  return { ssid, password };
}

/** @throws as wantedNetwork */
export async function wifiPassword(
  ssid: string,
  args: JoinValues,
  { host, redactor, signal }: Pick<CommandContext, 'host' | 'redactor' | 'signal'>,
): Promise<string> {
  const password = await readPassword(ssid, args, host, signal);
  if (password === undefined || password === '') {
    throw new PortalError('usage', `No password for "${ssid}" was given.`, {
      next: `Set $${PASSWORD_VARIABLE}, or for one board pipe it into the command with --password-stdin. For a network without one add --open.`,
    });
  }
  redactor.addValue(password);
  checkPassword(password);
  return password;
}

async function readPassword(
  ssid: string,
  args: JoinValues,
  host: Host,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (args['password-stdin'] && !host.stdin.isTTY) return (await stdinLines(host.stdin, signal, 1))[0];
  const inVariable = host.env[PASSWORD_VARIABLE];
  if (inVariable && !args['password-stdin']) return inVariable;
  if (!isInteractive(host, args.json && !args['password-stdin'])) return undefined;
  const terminal = { input: host.stdin, output: host.stderr };
  return askSecret(`Password of "${inOneLine(ssid)}": `, terminal, signal);
}
