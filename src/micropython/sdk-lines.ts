// Lines that the SDK under MicroPython prints at any moment, also in the middle of an answer. Pure.

/** ESP-IDF's log, with its colours: level, milliseconds since the start, tag. */
const IDF = String.raw`(?:\x1b\[[\d;]*m)?[EWIDV] \(\d+\) ?[\w.:-]+: ?[^\r\n\x04]*`;
/** Messages of the ESP8266's SDK. */
const ESP8266 = [
  String.raw`#\d+ ets_task\([0-9a-fx]+, \d+, [0-9a-fx]+, \d+\)`,
  String.raw`LmacRxBlk:\d+`,
  'bcn_timou?t,?(?:ap_probe_send_start)?',
  'ap_probe_send over, [^\\r\\n\\x04]*',
  String.raw`pm (?:open|close),?[^\r\n\x04]*`,
  'scandone',
  String.raw`state: \d+ -> \d+ \(\w+\)`,
  'rm (?:match|0)',
];
const SDK_LINE = new RegExp(`(?:${[IDF, ...ESP8266].join('|')})\\r?\\n`, 'g');

/** Takes the SDK's lines out of what a board printed. */
export function withoutSdkLines(output: string): string {
  return output.replace(SDK_LINE, '');
}
