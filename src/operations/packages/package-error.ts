// The error of all that can be wrong with a package.

import { PortalError } from '../../errors.js';
import { RefusedAnswer, TemporaryFailure } from '../../firmware/request.js';

/** @param what a sentence without a full stop, after the package's name */
export function packageError(name: string, what: string, cause?: unknown): PortalError {
  return new PortalError('package-failed', `Package ${shown(name)}: ${what}.`, { cause });
}

/** @param index such as `https://micropython.org/pi/v2` */
export function downloadError(error: PortalError, url: string, index: string): PortalError {
  return new PortalError('package-failed', error.message, { cause: error, ...adviceOn(error, url, index) });
}

function adviceOn(error: PortalError, url: string, index: string) {
  const next = `Open ${url} in a browser on this computer, and run the same command again.`;
  if (error instanceof TemporaryFailure) {
    const { host } = new URL(url);
    return error.status === undefined
      ? { likelyCause: `This computer is offline, or a firewall or a proxy blocks ${host}.`, next }
      : { likelyCause: `${host} is overloaded or out of order.`, next: 'Run the same command again later.' };
  }
  if (!(error instanceof RefusedAnswer)) return {};
  if (error.reason === 'redirect')
    return {
      likelyCause: 'A proxy or the sign-in page of this network answers, or the address is wrong.',
      next,
    };
  if (!url.startsWith(`${index}/package/`))
    return { likelyCause: 'The address is misspelt, or the file was moved or removed.', next };
  return {
    likelyCause: 'The name or the version is misspelt.',
    next: `Look for the name in ${index}/index.json, or name a repository: esp-portal add github:org/repo`,
  };
}

/** Untrusted text, for a message. */
export function shown(text: string): string {
  const clean = text.replace(/\p{C}/gu, '?');
  return clean.length > 120 ? `${clean.slice(0, 120)}…` : clean;
}
