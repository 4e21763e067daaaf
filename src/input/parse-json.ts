// JSON of a file that may hold a password: V8's message quotes the text around a mistake.

/** @throws SyntaxError that says what is wrong, without a quotation */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    throw new SyntaxError(message.split(/, (?:"|\.\.\.)/, 1)[0]);
  }
}
