// The typed events of a board's log. Pure data; docs/events.md is generated from event-catalogue.ts.

import type { BootSource } from './boot/reset-causes.js';

/** One function call on the way to an exception, outermost first. */
export interface Frame {
  readonly file: string;
  readonly line: number;
  /** Absent after a syntax error; `<module>` at the top level of a file. */
  readonly function?: string;
}

/** One processor core in a crash dump. */
export interface CoreDump {
  readonly core: number | undefined;
  readonly registers: Readonly<Record<string, string>>;
  /** Addresses, innermost call first. */
  readonly backtrace: readonly string[];
}

/** Names, addresses and other text are as the board printed them. */
export type LogEvent =
  | {
      readonly event: 'boot.rom';
      readonly chip: string | undefined;
      readonly resetCause: number;
      readonly bootMode: number;
      readonly bootSource: BootSource;
    }
  | { readonly event: 'boot.download' }
  | { readonly event: 'boot.loading' }
  | { readonly event: 'boot.failed' }
  | { readonly event: 'boot.micropython'; readonly version: string; readonly machine: string }
  | { readonly event: 'boot.soft' }
  | { readonly event: 'boot.noise' }
  | { readonly event: 'creds.loading' }
  | { readonly event: 'creds.loaded' }
  | { readonly event: 'creds.missing' }
  | { readonly event: 'creds.invalid' }
  | { readonly event: 'creds.saved' }
  | { readonly event: 'creds.failed' }
  | { readonly event: 'creds.error'; readonly message: string }
  | { readonly event: 'wifi.connecting'; readonly ssid: string }
  | { readonly event: 'wifi.waiting' }
  | { readonly event: 'wifi.attempt'; readonly attempt: number; readonly attempts: number }
  | { readonly event: 'wifi.connected'; readonly ssid: string; readonly address: string | undefined }
  | {
      readonly event: 'wifi.failed';
      readonly ssid: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly event: 'wifi.error'; readonly message: string }
  | { readonly event: 'ap.starting' }
  | { readonly event: 'ap.ready'; readonly address: string }
  | { readonly event: 'ap.stopped' }
  | { readonly event: 'portal.starting' }
  | {
      readonly event: 'portal.ready';
      readonly essid: string;
      readonly url: string;
      readonly hasPassword: boolean;
      readonly join: string | undefined;
    }
  | { readonly event: 'portal.stopped' }
  | { readonly event: 'portal.closed' }
  | { readonly event: 'portal.error'; readonly message: string }
  | { readonly event: 'dns.listening' }
  | { readonly event: 'dns.ready' }
  | { readonly event: 'dns.query'; readonly name: string; readonly address: string }
  | { readonly event: 'dns.data' }
  | { readonly event: 'dns.stopped' }
  | { readonly event: 'dns.error'; readonly message: string }
  | { readonly event: 'http.listening' }
  | { readonly event: 'http.ready' }
  | {
      readonly event: 'http.request';
      readonly status: number;
      readonly method: string;
      readonly target: string;
    }
  | { readonly event: 'http.stopped' }
  | { readonly event: 'http.error'; readonly message: string }
  | {
      readonly event: 'python.traceback';
      readonly type: string;
      readonly message: string;
      readonly frames: readonly Frame[];
    }
  | {
      readonly event: 'crash.esp8266';
      readonly kind: string;
      readonly cause: number | undefined;
      readonly registers: Readonly<Record<string, string>>;
    }
  | {
      readonly event: 'crash.esp32';
      readonly kind: string;
      readonly core: number | undefined;
      readonly registers: Readonly<Record<string, string>>;
      readonly backtrace: readonly string[];
      readonly otherCores: readonly CoreDump[];
    }
  | { readonly event: 'crash.dump' }
  | { readonly event: 'sdk.error'; readonly message: string }
  | { readonly event: 'sdk.noise' }
  | { readonly event: 'port.lost' }
  | { readonly event: 'port.back'; readonly address: string; readonly gapMs: number }
  | { readonly event: 'line' };

/** Fields of every entry, in addition to those of its event. */
interface LogEntryFacts {
  /** The text of the event, with passwords masked: one line or, for tracebacks and crashes, several. */
  readonly raw: string;
  /** When its last byte arrived, in milliseconds since 1970. */
  readonly timeMs: number;
  /** The port's name. */
  readonly board: string;
  /** What a number or a name of the chip's means, in words. */
  readonly explanation?: string;
  /** What to do about it. */
  readonly advice?: string;
  /** Where an exception was raised, in a file of this computer. */
  readonly place?: { readonly file: string; readonly line: number };
  /** The line has not ended yet; it comes again, whole, when it has. */
  readonly unfinished?: true;
}

export type LogEntry = LogEvent & LogEntryFacts;

export type LogEventName = LogEvent['event'];

/** The meaning of a line, without its time and board. */
export type LineMeaning = LogEvent & Pick<LogEntryFacts, 'explanation' | 'advice'>;
