// SSIDs and passwords are bytes, mostly UTF-8. As text they stay readable in files; a byte that is no UTF-8 becomes a
// lone surrogate (U+DC80 to U+DCFF), as Python's `surrogateescape` has it, so that nothing is lost.

const ESCAPE = 0xdc00;

/** @returns text that `textToHex` turns back into the same bytes */
export function hexToText(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes.subarray(at, at + 4));
    text +=
      length > 0 ? bytes.toString('utf8', at, at + length) : String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    at += Math.max(1, length);
  }
  return text;
}

export function textToHex(text: string): string {
  const parts = [...text].map((character) => {
    const code = character.charCodeAt(0);
    const isEscape = character.length === 1 && code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
    return isEscape ? Buffer.of(code - ESCAPE) : Buffer.from(character);
  });
  return Buffer.concat(parts).toString('hex');
}

/** @returns the length of the UTF-8 character at the start; 0 if it is invalid */
function characterLength(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for (let length = 1; length <= bytes.length; length += 1) {
    try {
      decoder.decode(bytes.subarray(0, length));
      return length;
    } catch {
      // Longer, or none.
    }
  }
  return 0;
}
