// The sentences in which the blog series' portal program prints a password. The messages of this portal differ and have none.

import type { Secret } from './secret.js';

/** Wherever in the line: a damaged or glued beginning must not let a password through. */
const PASSWORD_OF_JOIN = / (?:with|using) (?:the )?password /gi;
const LONGEST_JOIN = ' using the password '.length;
export const FAILED_JOIN = 'Failed to connect to ';
const OF_FAILED_JOIN = ' with ';
const INVALID_FILE = 'nvalid credentials file:';
/** How our own program ends that line; it names the file, not its content. */
const OUR_INVALID_FILE = /^\.?\/?wifi\.creds$/;
/** How our own program ends a failed join: with the reason, and without the password. */
const OUR_FAILED_JOIN = /\. WLAN status=\d+ \([^()]*\)$/;
const FAILED_STATUS = /\. WLAN status=-?\d+$/;

export function ofJoin(line: string, _isWhole: boolean, from: number): Secret | undefined {
  PASSWORD_OF_JOIN.lastIndex = Math.max(0, from - LONGEST_JOIN);
  for (let match = PASSWORD_OF_JOIN.exec(line); match; match = PASSWORD_OF_JOIN.exec(line)) {
    const start = match.index + match[0].length;
    if (start >= from) return { start, end: line.length, isCertain: false };
  }
  return undefined;
}

export function ofFailedJoin(line: string, isWhole: boolean, from: number): Secret | undefined {
  const at = line.indexOf(FAILED_JOIN);
  const withAt = at < 0 ? -1 : line.indexOf(OF_FAILED_JOIN, Math.max(at, from - OF_FAILED_JOIN.length));
  if (withAt < 0 || (isWhole && OUR_FAILED_JOIN.test(line))) return undefined;
  const start = withAt + OF_FAILED_JOIN.length;
  const end = (isWhole ? FAILED_STATUS.exec(line)?.index : undefined) ?? line.length;
  return end < start ? undefined : { start, end, isCertain: false };
}

export function ofInvalidFile(line: string, isWhole: boolean, from: number): Secret | undefined {
  const at = line.indexOf(INVALID_FILE, from);
  if (at < 0) return undefined;
  const afterColon = at + INVALID_FILE.length;
  const start = line[afterColon] === ' ' ? afterColon + 1 : afterColon;
  if (start === line.length || (isWhole && OUR_INVALID_FILE.test(line.slice(start)))) return undefined;
  return { start, end: line.length, isCertain: false };
}
