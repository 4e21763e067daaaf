// The events of a board's log, and filters for them.

export { LOG_EVENT_NAMES } from '../../log/event-catalogue.js';
export { EventFilter } from '../../log/event-filter.js';
export type { LogEntry, LogEvent, LogEventName } from '../../log/events.js';
export { joinCode } from '../../log/join-code.js';
