// Values of `wifi set --field`, from wherever a person or a script gives them.

import { PortalError } from '../../../errors.js';
import type { CommandContext } from '../../context.js';
import { FIELD_VARIABLE } from '../../options/shared.js';
import { askSecret, isInteractive } from '../../terminal/ask.js';
import { stdinLines } from '../../terminal/secrets/stdin-lines.js';
import type { WifiValues } from './wifi-options.js';

/**
 * Values by name. Those without a value come from standard input, the environment or a question without echo, because other users
 * of the computer see arguments.
 * @throws PortalError `usage` for a field without a value, and for a line without a field; `interrupted`
 */
export async function fieldValues(
  { field = [], json, 'field-stdin': fromStdin }: Pick<WifiValues, 'field' | 'json' | 'field-stdin'>,
  { host, redactor, signal }: Pick<CommandContext, 'host' | 'redactor' | 'signal'>,
): Promise<Record<string, string>> {
  const isPiped = fromStdin && !host.stdin.isTTY;
  const wanted = field.filter(({ value }) => value === undefined).length;
  const lines = isPiped ? await stdinLines(host.stdin, signal) : [];
  if (lines.length > wanted) throw tooManyLines(wanted);
  const values: Record<string, string> = {};
  for (const { name, value } of field) {
    values[name] = value ?? (await secret(name));
  }
  return values;

  async function secret(name: string): Promise<string> {
    const variable = FIELD_VARIABLE + name.toUpperCase();
    const given = isPiped ? lines.shift() : (!fromStdin && host.env[variable]) || (await ask(name));
    if (given === undefined) {
      throw new PortalError('usage', `No value for the field ${name} was given.`, {
        next: `Pipe it into the command with --field-stdin, a line for each field, or set $${variable}.`,
      });
    }
    redactor.addValue(given);
    return given;
  }

  function ask(name: string): Promise<string | undefined> | undefined {
    if (!isInteractive(host, json && !fromStdin)) return undefined;
    const terminal = { input: host.stdin, output: host.stderr };
    return askSecret(`Value of the field ${name}: `, terminal, signal);
  }
}

function tooManyLines(fields: number): PortalError {
  return new PortalError(
    'usage',
    `Standard input has more lines than there are fields without a value (${fields}).`,
    { next: 'Give one line for each --field without a value, in their order.' },
  );
}
