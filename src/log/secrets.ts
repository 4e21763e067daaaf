// Finds passwords in lines of a board's log. The blog series' program prints them; a request's address may hold one.

const MASK = '***';

/** What comes before a password, wherever in the line: a damaged or glued beginning must not let one through. */
const PASSWORD_OF_JOIN = ' with password ';
const FAILED_JOIN = 'Failed to connect to ';
const OF_FAILED_JOIN = ' with ';
const INVALID_FILE = 'nvalid credentials file:';
/** How our own program ends that line; it names the file, not what is in it. */
const OUR_INVALID_FILE = /^ \.?\/?wifi\.creds$/;
/** How our own program ends a failed join: with the reason, and without the password. */
const OUR_FAILED_JOIN = /\. WLAN status=\d+ \([^()]*\)$/;
const FAILED_STATUS = /\. WLAN status=-?\d+$/;
/** A field of a form, in a request's address or body. */
const FORM_FIELD = /(?:password|passwd|psk)=/gi;
const FORM_FIELD_ANYWHERE = new RegExp(FORM_FIELD, 'i');
const FORM_FIELD_END = /[&\s'"]/;

/** As many characters of what came before as it takes to see a key that was cut in two. */
export const LONGEST_KEY = INVALID_FILE.length;

/** Whether it is worth while to look closer, at a line or at many. */
export function mayHoldSecret(text: string): boolean {
  return (
    text.includes(PASSWORD_OF_JOIN) ||
    text.includes(FAILED_JOIN) ||
    text.includes(INVALID_FILE) ||
    (text.includes('=') && FORM_FIELD_ANYWHERE.test(text))
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
  const end = line.length;
  const joining = line.indexOf(PASSWORD_OF_JOIN, from);
  if (joining >= 0) return { start: joining + PASSWORD_OF_JOIN.length, end };
  const failed = line.indexOf(FAILED_JOIN, from);
  const failedWith = failed < 0 ? -1 : line.indexOf(OF_FAILED_JOIN, failed);
  if (failedWith >= 0 && !(isWhole && OUR_FAILED_JOIN.test(line))) {
    const status = isWhole ? FAILED_STATUS.exec(line)?.index : undefined;
    const start = failedWith + OF_FAILED_JOIN.length;
    if (status === undefined || status >= start) return { start, end: status ?? end };
  }
  const invalid = line.indexOf(INVALID_FILE, from);
  if (invalid >= 0) {
    const start = invalid + INVALID_FILE.length;
    if (!(isWhole && OUR_INVALID_FILE.test(line.slice(start))) && start < end) return { start, end };
  }
  if (!line.includes('=', from)) return undefined;
  FORM_FIELD.lastIndex = from;
  if (!FORM_FIELD.test(line)) return undefined;
  const start = FORM_FIELD.lastIndex;
  const length = line.slice(start).search(FORM_FIELD_END);
  return { start, end: length < 0 ? end : start + length };
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
