// Keeps passwords out of what is said about a failure: those that a board prints, and those that were given to us.

import { PortalError } from '../../errors.js';
import { maskSecrets } from '../../log/secrets.js';
import { quote } from '../../micropython/python-literal.js';
import type { OptionTable } from '../command.js';

/** Masks a text, line by line. */
export type Redact = (text: string) => string;

const MASK = '***';

/** Anything shorter would also mask what it has nothing to do with. */
const SHORTEST_SECRET = 4;

/** @param values as parsed; those of secret options are masked wherever they occur */
export function redaction(options: OptionTable, values: Readonly<Record<string, unknown>>): Redact {
  const given = Object.entries(options)
    .filter(([, { secret }]) => secret)
    .map(([name]) => String(values[name] ?? ''))
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .flatMap(formsOf)
    .sort((one, other) => other.length - one.length); // the escaped form holds parts of the plain one
  return (text) =>
    given
      .reduce((masked, secret) => masked.replaceAll(secret, MASK), text)
      .split('\n')
      .map((line) => maskSecrets(line).text)
      .join('\n');
}

/** How a value may be written: as it is, in Python and in JSON, and as the digits of its bytes. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const literals = [quote(secret), quote(bytes).slice(1), JSON.stringify(secret)];
  return [secret, bytes.toString('hex'), ...literals.map((literal) => literal.slice(1, -1))];
}

/** The same error with nothing secret in its texts, nor in those of what is underneath. */
export function redactedError(error: Error, redact: Redact): Error {
  const cause = error.cause instanceof Error ? redactedError(error.cause, redact) : error.cause;
  const message = redact(error.message);
  const { code, boardOutput, next } = error instanceof PortalError ? error : {};
  const redacted =
    code === undefined
      ? Object.assign(new Error(message, { cause }), { name: error.name })
      : new PortalError(code, message, {
          cause,
          ...(boardOutput !== undefined && { boardOutput: redact(boardOutput) }),
          ...(next !== undefined && { next }),
        });
  if (error.stack !== undefined) redacted.stack = redact(error.stack);
  return redacted;
}
