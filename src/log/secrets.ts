// Finds passwords in lines of a board's log. The blog series' program prints them; a request's address may hold one.

const MASK = '***';

/** What comes before a password, wherever in the line: a damaged or glued beginning must not let one through. */
const PASSWORD_OF_JOIN = ' with password ';
const FAILED_JOIN = 'Failed to connect to ';
const OF_FAILED_JOIN = ' with ';
const INVALID_FILE = 'nvalid credentials file:';
/** How our own program ends that line; it names the file, not what is in it. */
const OUR_INVALID_FILE = /^\.?\/?wifi\.creds$/;
/** How our own program ends a failed join: with the reason, and without the password. */
const OUR_FAILED_JOIN = /\. WLAN status=\d+ \([^()]*\)$/;
const FAILED_STATUS = /\. WLAN status=-?\d+$/;
/** A field of a form, in a request's address or body. */
const FORM_FIELD = /(?:password|passwd|psk)=/gi;
const FORM_FIELD_ANYWHERE = new RegExp(FORM_FIELD, 'i');
const FORM_FIELD_END = /[&\s'"]/;

/** An entry of a dictionary in Python or JSON, such as our portal_config.py, or within a string of a program. */
const LITERAL = /["']\\*(?:password|passwd|psk)\\*["'] ?: ?b?\\*(["'])/gi;
const LITERAL_ANYWHERE = new RegExp(LITERAL, 'i');

/** As many characters of what came before as it takes to see a key that was cut in two. */
export const LONGEST_KEY = INVALID_FILE.length;

/** Whether it is worth while to look closer, at a line or at many. */
export function mayHoldSecret(text: string): boolean {
  return (
    text.includes(PASSWORD_OF_JOIN) ||
    text.includes(FAILED_JOIN) ||
    text.includes(INVALID_FILE) ||
    (text.includes('=') && FORM_FIELD_ANYWHERE.test(text)) ||
    (text.includes(':') && LITERAL_ANYWHERE.test(text))
  );
}

interface Secret {
  /** Where in the line it begins. */
  readonly start: number;
  /** Where it ends, as far as the line goes. */
  readonly end: number;
}

/**
 * The line's first secret.
 * @param isWhole false when the rest of the line is still to come: in doubt it is a secret then
 */
export function findSecret(line: string, isWhole: boolean, from = 0): Secret | undefined {
  const found = [
    ofJoin(line, from),
    ofFailedJoin(line, isWhole, from),
    ofInvalidFile(line, isWhole, from),
    ofForm(line, from),
    ofLiteral(line, from),
  ];
  let first: Secret | undefined;
  // A password may hold what another kind of secret begins with.
  for (const secret of found) if (secret && !(first && first.start <= secret.start)) first = secret;
  return first;
}

function ofJoin(line: string, from: number): Secret | undefined {
  const at = line.indexOf(PASSWORD_OF_JOIN, from);
  return at < 0 ? undefined : { start: at + PASSWORD_OF_JOIN.length, end: line.length };
}

function ofFailedJoin(line: string, isWhole: boolean, from: number): Secret | undefined {
  const at = line.indexOf(FAILED_JOIN, from);
  const withAt = at < 0 ? -1 : line.indexOf(OF_FAILED_JOIN, at);
  if (withAt < 0 || (isWhole && OUR_FAILED_JOIN.test(line))) return undefined;
  const start = withAt + OF_FAILED_JOIN.length;
  const end = (isWhole ? FAILED_STATUS.exec(line)?.index : undefined) ?? line.length;
  return end < start ? undefined : { start, end };
}

function ofInvalidFile(line: string, isWhole: boolean, from: number): Secret | undefined {
  const at = line.indexOf(INVALID_FILE, from);
  const afterColon = at + INVALID_FILE.length;
  const start = line[afterColon] === ' ' ? afterColon + 1 : afterColon;
  if (at < 0 || (isWhole && OUR_INVALID_FILE.test(line.slice(start)))) return undefined;
  return start === line.length ? undefined : { start, end: line.length };
}

function ofForm(line: string, from: number): Secret | undefined {
  if (!line.includes('=', from)) return undefined;
  FORM_FIELD.lastIndex = from;
  if (!FORM_FIELD.test(line)) return undefined;
  const start = FORM_FIELD.lastIndex;
  const length = line.slice(start).search(FORM_FIELD_END);
  return { start, end: length < 0 ? line.length : start + length };
}

function ofLiteral(line: string, from: number): Secret | undefined {
  if (!line.includes(':', from)) return undefined;
  LITERAL.lastIndex = from;
  const [opening = '', quote = ''] = LITERAL.exec(line) ?? [];
  if (opening === '') return undefined;
  const start = LITERAL.lastIndex;
  const isQuoted = opening.endsWith(`\\${quote}`); // within a string: what ends it is escaped too
  for (let end = start; end < line.length; end++) {
    if (line[end] === quote) return { start, end };
    if (line[end] !== '\\') continue;
    if (isQuoted && line[end + 1] === quote) return { start, end };
    end++;
  }
  return { start, end: line.length };
}

/** A line with its secrets masked, and whether the last of them may go on in what follows. */
export function maskSecrets(line: string, isWhole = true): { text: string; isOpen: boolean } {
  let text = line;
  let from = 0;
  let isOpen = !isWhole && line.includes(FAILED_JOIN); // what it failed with may come
  for (;;) {
    const secret = findSecret(text, isWhole, from);
    if (!secret) return { text, isOpen };
    isOpen ||= secret.end === text.length;
    const mask = secret.start === text.length ? '' : MASK;
    text = text.slice(0, secret.start) + mask + text.slice(secret.end);
    from = secret.start + mask.length;
    if (from >= text.length) return { text, isOpen };
  }
}

/** What stands for the pieces of a line that went on after its secret began. */
export const MASKED_REST = MASK;
