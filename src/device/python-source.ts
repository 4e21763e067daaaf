// Python that travels to a board: written to be read here, sent without what only readers need.

/** Leaves out comments on lines of their own and empty lines, and indents by one space instead of four. */
export function minify(source: string): string {
  return source
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map((line) => line.replace(/^( {4})+/, (indent) => ' '.repeat(indent.length / 4)))
    .join('\n');
}
