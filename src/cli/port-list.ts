// --port with several ports: repeated, or a list with commas.

/** Every board that is connected. */
export const ALL_BOARDS = 'all';

/** Whether --port names more than one board, or may do so. */
export function isSeveral({ port }: { port?: string | undefined }): boolean {
  if (port === undefined) return false;
  const ports = portsIn(port);
  return ports.length > 1 || ports[0] === ALL_BOARDS;
}

/** Whether --port is a single word, which may be the name of a board. */
export function isWord(port: string): boolean {
  return /^[\w.-]+$/.test(port) && port !== ALL_BOARDS;
}

/** Begins an address, or is a board's name; anything else behind a comma belongs to the address before it. */
const BEGINNING = /^(?:[/\\]|[a-z][\w+.-]*:|[a-z\d][\w.-]*$)/i;

/**
 * @param text as given: lines of repeated options, or JSON of an array in a settings file
 * @returns one entry for a single port
 */
export function portsIn(text: string): string[] {
  const lines = text.startsWith('[') ? arrayIn(text) : text.split('\n');
  return lines.flatMap(splitAtCommas);
}

/** The options of a virtual board and the names in /dev/serial/by-id may contain commas. */
function splitAtCommas(line: string): string[] {
  const ports: string[] = [];
  for (const part of line.split(',')) {
    const before = ports.at(-1);
    const isOption = before?.includes('?') && !/^[/\\]|:/.test(part);
    if (before !== undefined && part !== '' && (isOption || !BEGINNING.test(part)))
      ports[ports.length - 1] = `${before},${part}`;
    else ports.push(part);
  }
  return ports.filter((port) => port !== '');
}

function arrayIn(text: string): string[] {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.map(String) : [text];
}
