// What a board's log can say, as typed events. Pure data.

/** The SSID, address or other text is as the board printed it. */
export type LogEvent =
  | { readonly event: 'boot.rom'; readonly resetCause: number; readonly bootMode: number }
  | { readonly event: 'boot.micropython'; readonly version: string; readonly board: string }
  | { readonly event: 'creds.loaded' }
  | { readonly event: 'creds.missing' }
  | { readonly event: 'creds.invalid' }
  | { readonly event: 'creds.saved' }
  | { readonly event: 'wifi.connecting'; readonly ssid: string }
  | { readonly event: 'wifi.attempt'; readonly attempt: number; readonly attempts: number }
  | { readonly event: 'wifi.connected'; readonly ssid: string; readonly address: string | undefined }
  | {
      readonly event: 'wifi.failed';
      readonly ssid: string;
      readonly status: number;
      readonly reason: string | undefined;
    }
  | { readonly event: 'ap.starting' }
  | { readonly event: 'ap.ready'; readonly address: string }
  | { readonly event: 'ap.stopped' }
  | { readonly event: 'portal.starting' }
  | { readonly event: 'portal.ready'; readonly essid: string; readonly url: string }
  | { readonly event: 'portal.stopped' }
  | { readonly event: 'dns.listening' }
  | { readonly event: 'dns.query'; readonly name: string; readonly address: string }
  | { readonly event: 'dns.error'; readonly message: string }
  | { readonly event: 'http.listening' }
  | {
      readonly event: 'http.request';
      readonly status: number;
      readonly method: string;
      readonly target: string;
    }
  | { readonly event: 'http.error'; readonly message: string }
  | {
      readonly event: 'python.traceback';
      readonly type: string;
      readonly message: string;
      readonly frames: readonly { readonly file: string; readonly line: number }[];
    }
  | { readonly event: 'line' };

/** An event with the text it was read from: passwords masked, one line or, for a traceback, several. */
export type LogEntry = LogEvent & { readonly raw: string };

export type LogEventName = LogEvent['event'];

/** Every name, for `--until` and its checks; the compiler keeps it complete. */
export const LOG_EVENT_NAMES = Object.keys({
  'boot.rom': 0,
  'boot.micropython': 0,
  'creds.loaded': 0,
  'creds.missing': 0,
  'creds.invalid': 0,
  'creds.saved': 0,
  'wifi.connecting': 0,
  'wifi.attempt': 0,
  'wifi.connected': 0,
  'wifi.failed': 0,
  'ap.starting': 0,
  'ap.ready': 0,
  'ap.stopped': 0,
  'portal.starting': 0,
  'portal.ready': 0,
  'portal.stopped': 0,
  'dns.listening': 0,
  'dns.query': 0,
  'dns.error': 0,
  'http.listening': 0,
  'http.request': 0,
  'http.error': 0,
  'python.traceback': 0,
  line: 0,
} satisfies Record<LogEventName, 0>) as LogEventName[];
