// What goes over a serial line, as turns: bytes up, then the bytes of the answer. Recorded of esp-portal, counted in
// the source of other programs, and replayed on the same line. Independent of the protocol.

/** @typedef {{ up: number, down: number, baudRate: number }} Turn a wait for an answer with nothing else under way */

/** A port with its traffic recorded. */
export function recording(port) {
  /** @type {Turn[]} */
  let turns = [];
  let isAnswered = true;
  return {
    name: port.name,
    hasLines: port.hasLines,
    get usb() {
      return port.usb;
    },
    get roundTripMs() {
      return port.roundTripMs;
    },
    get baudRate() {
      return port.baudRate;
    },
    async read(options) {
      const bytes = await port.read(options);
      if (bytes && turns.length > 0) {
        turns.at(-1).down += bytes.length;
        isAnswered = true;
      }
      return bytes;
    },
    write(bytes) {
      if (isAnswered) turns.push({ up: 0, down: 0, baudRate: port.baudRate });
      isAnswered = false;
      turns.at(-1).up += bytes.length;
      return port.write(bytes);
    },
    setLines: (lines) => port.setLines(lines),
    setBaudRate: (baudRate) => port.setBaudRate(baudRate),
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
    /** @returns the turns since the last call */
    takeTurns() {
      const taken = turns;
      turns = [];
      isAnswered = true;
      return taken;
    },
  };
}

/** @param {Turn[]} turns */
export function totals(turns) {
  const sum = (field) => turns.reduce((total, turn) => total + turn[field], 0);
  return { up: sum('up'), down: sum('down'), turns: turns.length, wireMs: wireMs(turns) };
}

/** What the bytes alone take: ten bits each. */
export function wireMs(turns) {
  return turns.reduce((total, { up, down, baudRate }) => total + ((up + down) * 10_000) / baudRate, 0);
}

/**
 * Plays turns on a line that carries ten bits a byte and answers at once: what no computer of either side can shorten.
 * @returns milliseconds
 */
export async function replay(turns) {
  const start = performance.now();
  for (const turn of turns) await until(performance.now() + wireMs([turn]));
  return performance.now() - start;
}

async function until(time) {
  for (let left = time - performance.now(); left > 0; left = time - performance.now())
    await new Promise((resolve) => setTimeout(resolve, left));
}

/** For a figure's note. */
export function described({ up, down, turns }) {
  return `${up} bytes up, ${down} down, ${turns} turns`;
}
