// Which events are meant by a list such as `wifi,portal.ready,/panic/i`.

import { type Context, createContext, Script } from 'node:vm';
import { PortalError } from '../errors.js';
import { didYouMean, nearest } from '../input/did-you-mean.js';
import { LOG_EVENT_NAMES } from './event-catalogue.js';
import type { LogEntry } from './events.js';

const ITEMS = /\/(?:\\.|[^/\\])+\/[a-z]*|[^,]+/g;
const PATTERN = /^\/(.+)\/([a-z]*)$/;

/** A list of events that some are looked for, or hidden, by. */
export class EventFilter {
  /** As it was given. */
  readonly list: string;
  readonly #items: readonly ((entry: LogEntry) => boolean)[];

  /**
   * @param list names of events (`portal.ready`), of their families (`portal`) and patterns for the text
   *   (`/regular expression/`), separated by commas
   * @param option for messages, such as `--until`
   * @throws PortalError `usage` for a name that no event has, and for a pattern that is none
   */
  constructor(list: string, option: string) {
    this.list = list;
    const items = list.match(ITEMS) ?? [];
    if (items.length === 0) throw new PortalError('usage', `${option} needs the name of an event.`);
    this.#items = items.map((item) => parseItem(item.trim(), option));
  }

  matches(entry: LogEntry): boolean {
    return this.#items.some((matches) => matches(entry));
  }
}

function parseItem(item: string, option: string): (entry: LogEntry) => boolean {
  const [, source, flags = ''] = PATTERN.exec(item) ?? [];
  if (source !== undefined) {
    const pattern = compile(source, flags, option);
    return ({ raw }) => matchesInTime(pattern, raw, option);
  }
  const family = `${item}.`;
  if (!LOG_EVENT_NAMES.some((name) => name === item || name.startsWith(family))) {
    const families = LOG_EVENT_NAMES.map((name) => name.replace(/\..*/, ''));
    const guess = nearest(item, [...LOG_EVENT_NAMES, ...families]);
    throw new PortalError(
      'usage',
      guess
        ? `${option}: there is no event "${item}".${didYouMean(guess)}`
        : `${option}: there is no event "${item}". Use ${LOG_EVENT_NAMES.join(', ')}, a family such as wifi, or a /pattern/.`,
    );
  }
  return ({ event }) => event === item || event.startsWith(family);
}

/** For one line. A pattern without nested repetitions needs less than a millisecond, a busy computer may wait for many. */
const MATCH_MS = 1000;
const matching = { match: () => false };
/** Only code that a script calls has a time limit. */
const script = new Script('match()');
let context: Context | undefined;

/** A pattern such as `(a+)+b` may take longer than the universe exists, and no signal would be noticed meanwhile. */
function matchesInTime(pattern: RegExp, line: string, option: string): boolean {
  context ??= createContext(matching);
  matching.match = () => pattern.test(line);
  try {
    return script.runInContext(context, { timeout: MATCH_MS });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw cause;
    throw new PortalError(
      'usage',
      `${option} ${pattern} takes more than ${MATCH_MS} ms for a line of ${line.length} characters.`,
      { cause, next: 'Leave out repetitions within repetitions, such as (a+)+ or (.*)*.' },
    );
  }
}

function compile(source: string, flags: string, option: string): RegExp {
  try {
    return new RegExp(source, flags.replace(/[gy]/g, '')); // these flags keep a position between calls
  } catch (cause) {
    throw new PortalError('usage', `${option} /${source}/${flags} is not a regular expression.`, { cause });
  }
}
