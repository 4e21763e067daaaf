// Which events are meant by a list such as `wifi,portal.ready,/panic/i`.

import { PortalError } from '../errors.js';
import { LOG_EVENT_NAMES, type LogEntry } from './events.js';

/** Says whether an entry is meant. */
export type EventFilter = (entry: LogEntry) => boolean;

const ITEMS = /\/(?:\\.|[^/\\])+\/[a-z]*|[^,]+/g;
const PATTERN = /^\/(.+)\/([a-z]*)$/;

/**
 * @param list names of events (`portal.ready`), of families (`portal`) and patterns for the text of a line
 *   (`/regular expression/`), separated by commas
 * @param option for messages, such as `--until`
 * @throws PortalError `usage` for a name that no event has and for a pattern that is none
 */
export function parseEventFilter(list: string, option: string): EventFilter {
  const filters = (list.match(ITEMS) ?? []).map((item) => parseItem(item.trim(), option));
  return (entry) => filters.some((filter) => filter(entry));
}

function parseItem(item: string, option: string): EventFilter {
  const [, source, flags] = PATTERN.exec(item) ?? [];
  if (source !== undefined) {
    const pattern = compile(source, flags ?? '', option);
    return (entry) => pattern.test(entry.raw);
  }
  const family = `${item}.`;
  if (!LOG_EVENT_NAMES.some((name) => name === item || name.startsWith(family))) {
    throw new PortalError(
      'usage',
      `There is no event "${item}" for ${option}; there are ${LOG_EVENT_NAMES.join(', ')}, their families such as wifi, and /patterns/ of text.`,
    );
  }
  return ({ event }) => event === item || event.startsWith(family);
}

function compile(source: string, flags: string, option: string): RegExp {
  try {
    return new RegExp(source, flags.replaceAll('g', '').replaceAll('y', ''));
  } catch (cause) {
    throw new PortalError('usage', `${option} /${source}/${flags} is no regular expression.`, { cause });
  }
}
