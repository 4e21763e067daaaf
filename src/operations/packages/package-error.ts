// The error of all that can be wrong with a package.

import { PortalError } from '../../errors.js';

/** @param what a sentence without a full stop, after the package's name */
export function packageError(name: string, what: string, cause?: unknown): PortalError {
  return new PortalError('package-failed', `Package ${shown(name)}: ${what}.`, { cause });
}

/** Untrusted text, for a message. */
export function shown(text: string): string {
  const clean = text.replace(/\p{C}/gu, '?');
  return clean.length > 120 ? `${clean.slice(0, 120)}…` : clean;
}
