// What a board's log can say, and choosing among it.

export { LOG_EVENT_NAMES } from '../../log/event-catalogue.js';
export { EventFilter } from '../../log/event-filter.js';
export type { LogEntry, LogEvent, LogEventName } from '../../log/events.js';
