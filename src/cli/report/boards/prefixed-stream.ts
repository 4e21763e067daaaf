// An output stream of which whole lines are passed on one by one, so that several can share a terminal.

/**
 * @param real what it behaves like in everything else, such as its colours
 * @param write takes one line without its end
 */
export function prefixedStream(
  real: NodeJS.WriteStream,
  { isTTY, write }: { isTTY: boolean; write: (line: string) => void },
): NodeJS.WriteStream {
  let begun = '';
  const writeText = (text: string) => {
    const lines = (begun + text).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) write(line);
    return true;
  };
  return Object.create(real, { write: { value: writeText }, isTTY: { value: isTTY } });
}
