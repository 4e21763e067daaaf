// Boot output at another baud rate: the ESP8266's ROM sends at 74880 baud, which is noise at 115200.

/** Fewer unreadable characters than this are damage within a line, not another baud rate. */
const MIN_UNREADABLE = 3;
/** How many characters of noise may look readable before the text begins. */
const MAX_READABLE_TAIL = 24;
/** As many readable characters at the end are text, though it may begin with a little noise. */
const MIN_TEXT = 4;

// biome-ignore lint/suspicious/noControlCharactersInRegex: what makes noise recognisable; spinners print \b
const ALL_UNREADABLE = /[\0-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ufffd]/g;
/** Text in another encoding than UTF-8 (Latin-1, GBK) has none of these; noise of ten characters nearly always has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CONTROL = /[\0-\x06\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/;

const PLAIN = /^[\t\n\r -~]*$/;

/** Whether the text has only printable ASCII and line ends, which needs no further check. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** Whether the text came at another baud rate. */
export function isNoise(text: string): boolean {
  return CONTROL.test(text) && (text.match(ALL_UNREADABLE)?.length ?? 0) >= MIN_UNREADABLE;
}

/**
 * Parts noise from the program's first line, to which it is glued: there is no line end between them. What is
 * unreadable need not end with an unreadable character.
 * @param isKnown whether a text is the beginning of a known line
 */
export function splitNoise(
  line: string,
  isKnown: (text: string) => boolean,
): { noise: string; text: string } {
  if (!isNoise(line)) return { noise: '', text: line };
  const start = line.lastIndexOf(line.match(ALL_UNREADABLE)?.at(-1) ?? '') + 1;
  for (let at = start; at < Math.min(line.length, start + MAX_READABLE_TAIL); at++) {
    const text = line.slice(at);
    if (isKnown(text)) return { noise: line.slice(0, at), text };
  }
  const isText = line.length - start >= MIN_TEXT;
  return isText ? { noise: line.slice(0, start), text: line.slice(start) } : { noise: line, text: '' };
}
