// Parses JSON from a file that may contain a password: V8's message quotes the text around an error.

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws SyntaxError without a quotation of the text */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new SyntaxError(message.split(/, (?:"|\.\.\.)/, 1)[0]);
  }
}
