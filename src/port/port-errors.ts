// Turns what serial drivers say into this package's error codes. Wording differs by system; there are no codes to read.

import { PortalError } from '../errors.js';

const PATTERNS = [
  ['port-unreachable', /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|no answer from/],
  ['port-not-found', /no such file|file not found|ENOENT|cannot find/i],
  ['port-denied', /permission denied|EACCES|EPERM/i],
  ['port-busy', /cannot lock port|resource busy|EBUSY|access (is )?denied/i],
  [
    'port-lost',
    /EIO|ENXIO|ECONNRESET|EPIPE|disconnected|device not configured|bad file descriptor|port is not open/i,
  ],
] as const;

const WHAT_HAPPENED = {
  'port-unreachable': (name: string, text: string) =>
    /ECONNREFUSED/.test(text) ? `Nobody listens at ${name}.` : `${name} cannot be reached.`,
  'port-not-found': (name: string) => `There is no port ${name}.`,
  'port-denied': (name: string) => `You may not open ${name}.`,
  'port-busy': (name: string) => `${name} is in use by another program.`,
  'port-lost': (name: string) => `${name} went away.`,
} as const;

/**
 * Wraps a driver's error where it enters.
 * @param name the port as the user called it
 * @returns PortalError `port-not-found`, `port-unreachable`, `port-denied`, `port-busy`, `port-lost` or `port-failed`
 */
export function portError(name: string, error: unknown): PortalError {
  if (error instanceof PortalError) return error;
  const text = error instanceof Error ? error.message : String(error);
  for (const [code, pattern] of PATTERNS) {
    if (pattern.test(text)) return new PortalError(code, WHAT_HAPPENED[code](name, text), { cause: error });
  }
  const what = text.replace(/^Error: /, '').replace(/\.$/, '');
  return new PortalError('port-failed', `${name}: ${what}.`, { cause: error });
}

/** Whether a driver refused to set DTR and RTS because the port has no such lines. */
export function meansNoControlLines(error: Error): boolean {
  return /inappropriate ioctl|operation not supported|ENOTTY/i.test(error.message);
}
