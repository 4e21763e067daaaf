// The forms in which a line of text shows a password. Each finder is linear in the line's length; SECURITY.md lists them.

import { ofFailedJoin, ofInvalidFile, ofJoin } from './portal-secrets.js';
import type { FindSecret, Secret } from './secret.js';

/** Words before a password, in any case. Those of the first group may end any name, those of the second are whole names. */
export const KEY_WORDS = {
  anywhere: ['password', 'passwd', 'passphrase'],
  alone: ['pass', 'pwd', 'psk'],
  /** What may precede a word of the second group without a `_`, `-` or digit in between. */
  prefixes: ['wifi', 'wlan', 'sta', 'ap', 'wpa', 'home', 'my', 'net', 'user'],
} as const;

const WORD = `(?:${KEY_WORDS.anywhere.join('|')}|(?<![a-z])(?:${KEY_WORDS.prefixes.join('|')})?(?:${KEY_WORDS.alone.join('|')}))`;
/** Spaces and the sequences that set colours; bounded, so that no search is repeated from every space. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const GAP = /(?:[ \t]|\x1b\[[\d;]{0,12}m){0,16}/.source;
const SEPARATOR = '(?:[!:=]?=>?|->|:(?!//))';
/** A key, then `=` or `:`; a quoted key may also be followed by a comma or bracket, an unquoted one by a quoted value. */
const KEY = new RegExp(
  `${WORD}(?:[_-]?\\d{1,3})?(?:(\\\\{0,4}["'])${GAP}(?:${SEPARATOR}|,(?=${GAP}[bu]?\\\\{0,4}["']))|${GAP}(${SEPARATOR})|[ \\t]{1,8}(?=["']))${GAP}`,
  'gi',
);
/** `key=` means a password in these calls of MicroPython's network module. */
const NETWORK_KEY = /(?<![a-z_])key ?= ?(?=[bu]?\\{0,4}["'])/gi;
const NETWORK_CALL = /(?:config|connect)\(/i;

const QUOTED_VALUE = /[bBuUrR]{0,2}(\\{0,4})("""|'''|["'])/y;
/** What follows a quote that closes a value: a password may contain quotes if a program printed it without escapes. */
const AFTER_CLOSING = /\s{0,8}[,;)\]}>]|\s{1,8}[\w-]{1,32}[=:]/y;
const AFTER_ESCAPED_CLOSING = /\s{0,8}[,;)\]}>\\]|\s{1,8}[\w-]{1,32}[=:]/y;
const REST_IS_BLANK = /\s*$/y;
/** A value without quotes in JSON or a Python dictionary, e.g. a number. */
const ATOM = /[\w.+*-]{1,64}(?=\s{0,8}[,}\])])/y;
/** In a form or an address: the next field ends a value. */
const NEXT_FIELD = /&[\w.%+-]{1,40}=/g;

/** A literal, or one within a literal. */
const TEXT_LITERAL = ["'", '"']
  .map(
    (quote) =>
      `${quote}(?:[^${quote}\\\\]|\\\\.){0,128}${quote}|\\\\${quote}(?:[^${quote}\\\\]|\\\\[^${quote}]){0,128}\\\\${quote}`,
  )
  .join('|');
/** A call such as `wlan.connect('Home', 'secret')`: the second argument; each may be in brackets. */
const CONNECT_CALL = new RegExp(
  `connect\\w{0,32}\\([\\s(]{0,8}(?:[bu]?(?:${TEXT_LITERAL})|[^,()'"]{0,64})[\\s)]{0,8},[\\s(]{0,8}(?=[bu]?\\\\{0,4}["'])`,
  'gi',
);
/** A printed pair such as `('Home', 'secret')`, which is no call. */
const PAIR = new RegExp(`(?<![\\w)\\]])\\([bu]?(?:${TEXT_LITERAL}), ?(?=[bu]?["'])`, 'g');
/** Lengths of a WPA2 password. */
const PAIR_LENGTHS = { min: 8, max: 63 * 4 };
const IP_ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;

const URL_START = '://';
const URL_USER_END = /[\s/?#]/g;

const MAY_HOLD = new RegExp(
  `${KEY_WORDS.alone.join('|')}|connect\\w{0,32}\\(|key ?= ?[bu]?\\\\?["']|Failed to connect to |nvalid credentials file:|${URL_START}|\\([bu]?["']`,
  'i',
);

/** Whether a closer look is needed, at a line or at many. */
export function mayHoldSecret(text: string): boolean {
  return MAY_HOLD.test(text);
}

/** In search of what precedes a secret: a secret before it may end within. */
const LOOK_BACK = 320;

export const FINDERS: readonly FindSecret[] = [
  ofJoin,
  ofFailedJoin,
  ofInvalidFile,
  ofKey,
  ofNetworkKey,
  ofConnectCall,
  ofPair,
  ofUrl,
];

function ofKey(line: string, isWhole: boolean, from: number): Secret | undefined {
  KEY.lastIndex = Math.max(0, from - LOOK_BACK);
  for (let match = KEY.exec(line); match; match = KEY.exec(line)) {
    const start = match.index + match[0].length;
    if (start < from) continue;
    const [, closing, separator] = match;
    return (
      quotedAt(line, isWhole, start) ??
      (closing === undefined
        ? unquotedAt(line, isWhole, start, separator === '=' && isFormField(line, match.index))
        : atomAt(line, start))
    );
  }
  return undefined;
}

function ofNetworkKey(line: string, isWhole: boolean, from: number): Secret | undefined {
  if (!NETWORK_CALL.test(line)) return undefined;
  return afterMatch(NETWORK_KEY, line, isWhole, from);
}

function ofConnectCall(line: string, isWhole: boolean, from: number): Secret | undefined {
  return afterMatch(CONNECT_CALL, line, isWhole, from);
}

function afterMatch(pattern: RegExp, line: string, isWhole: boolean, from: number): Secret | undefined {
  pattern.lastIndex = Math.max(0, from - LOOK_BACK);
  for (let match = pattern.exec(line); match; match = pattern.exec(line)) {
    const start = match.index + match[0].length;
    if (start >= from) return quotedAt(line, isWhole, start);
  }
  return undefined;
}

function ofPair(line: string, isWhole: boolean, from: number): Secret | undefined {
  PAIR.lastIndex = Math.max(0, from - LOOK_BACK);
  for (let match = PAIR.exec(line); match; match = PAIR.exec(line)) {
    const secret = quotedAt(line, isWhole, match.index + match[0].length);
    if (!secret || secret.start < from) continue;
    const length = secret.end - secret.start;
    const isPair = /^["']\s{0,8}\)/.test(line.slice(secret.end, secret.end + 10));
    if (!secret.isCertain && !isWhole && length <= PAIR_LENGTHS.max) return secret;
    const isLong = length >= PAIR_LENGTHS.min && length <= PAIR_LENGTHS.max;
    if (isPair && isLong && !IP_ADDRESS.test(line.slice(secret.start, secret.end))) return secret;
  }
  return undefined;
}

/** The name and password of an address, `http://user:secret@host`. */
function ofUrl(line: string, isWhole: boolean, from: number): Secret | undefined {
  const first = line.indexOf(URL_START, Math.max(0, from - URL_START.length));
  for (let at = first; at >= 0; at = line.indexOf(URL_START, at + 1)) {
    const start = at + URL_START.length;
    URL_USER_END.lastIndex = start;
    const end = URL_USER_END.exec(line)?.index;
    if (end === undefined && !isWhole) return { start, end: line.length, isCertain: false };
    const user = line.slice(start, end).lastIndexOf('@');
    if (user > 0) return { start, end: start + user, isCertain: true };
  }
  return undefined;
}

/** A literal of Python or JSON, also one within a literal, up to its closing quote. */
function quotedAt(line: string, isWhole: boolean, at: number): Secret | undefined {
  QUOTED_VALUE.lastIndex = at;
  const match = QUOTED_VALUE.exec(line);
  if (!match) return undefined;
  const [opening, escapes = '', quote = ''] = match;
  const start = at + opening.length;
  for (let end = line.indexOf(quote, start); end >= 0; end = line.indexOf(quote, end + 1)) {
    let backslashes = 0;
    while (end - backslashes > start && line[end - backslashes - 1] === '\\') backslashes++;
    const isEscaped = escapes === '' ? backslashes % 2 === 1 : backslashes > escapes.length;
    if (isEscaped) continue;
    const secretEnd = end - (escapes === '' ? 0 : backslashes);
    const after = escapes === '' ? AFTER_CLOSING : AFTER_ESCAPED_CLOSING;
    after.lastIndex = REST_IS_BLANK.lastIndex = end + quote.length;
    if (after.test(line)) return { start, end: secretEnd, isCertain: true };
    if (isWhole && REST_IS_BLANK.test(line)) return { start, end: secretEnd, isCertain: false };
  }
  return { start, end: line.length, isCertain: false };
}

function atomAt(line: string, start: number): Secret {
  ATOM.lastIndex = start;
  const atom = ATOM.exec(line)?.[0];
  return atom === undefined
    ? { start, end: line.length, isCertain: false }
    : { start, end: start + atom.length, isCertain: true };
}

/** To the end of the line, because a password may contain spaces. In a form or a URL the next field ends it. */
function unquotedAt(line: string, isWhole: boolean, start: number, isField: boolean): Secret | undefined {
  if (isWhole && start === line.length) return undefined;
  NEXT_FIELD.lastIndex = start;
  const next = isField ? NEXT_FIELD.exec(line)?.index : undefined;
  return { start, end: next ?? line.length, isCertain: next !== undefined };
}

/** Whether the name of which the key is the end follows a `?` or `&`. */
function isFormField(line: string, key: number): boolean {
  return /[?&][\w.-]{0,32}$/.test(line.slice(Math.max(0, key - 33), key));
}
