// Maps errors of serial drivers to codes of this package. Their wording differs by system, and they have no codes.

import { PortalError } from '../errors.js';

const PATTERNS = [
  [
    'port-unreachable',
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|no answer from|connect E(ACCES|PERM)/,
  ],
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
    /ECONNREFUSED/.test(text) ? `Nothing is listening at ${name}.` : `${name} cannot be reached.`,
  'port-not-found': (name: string) => `There is no port ${name}.`,
  'port-denied': (name: string) => `No permission to open ${name}.`,
  'port-busy': (name: string) => `${name} is in use by another program.`,
  'port-lost': (name: string) => `${name} was disconnected.`,
} as const;

/** Errors of Windows for an open adapter that was unplugged. */
const GONE =
  /access (is )?denied|operation aborted|unknown error code (?:22|31|433|1167)\b|file not found|no such (?:file|device)|EBADF|ENODEV/i;
/** Errors of drivers for a path that is not a serial port. */
const NO_SERIAL_PORT = /inappropriate ioctl|ENOTTY|EISDIR|is a directory|not a tty/i;
function isDisconnect(error: unknown): boolean {
  return error instanceof Error && 'disconnected' in error && error.disconnected === true;
}

/**
 * Wraps a driver's error where it enters.
 * @param name the port as the user called it
 * @param isOpen whether the port was open: "access denied" then means that it was disconnected
 * @returns PortalError `port-not-found`, `port-unreachable`, `port-denied`, `port-busy`, `port-lost` or `port-failed`
 */
export function portError(name: string, error: unknown, isOpen = false): PortalError {
  if (error instanceof PortalError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (!isOpen && NO_SERIAL_PORT.test(text)) {
    const next = 'esp-portal ports';
    return new PortalError('port-failed', `${name} is not a serial port.`, { cause: error, next });
  }
  if (isOpen && (isDisconnect(error) || GONE.test(text))) {
    return new PortalError('port-lost', WHAT_HAPPENED['port-lost'](name), { cause: error });
  }
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
