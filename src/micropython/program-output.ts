// What a program prints in the raw REPL, up to its end: 0x04, the traceback, 0x04 and the prompt (shared/runtime/pyexec.c).
// A program may print these bytes too: they are its end only where nothing follows them. Pure.

const END = 0x04;
const PROMPT = '>';
/** Without a traceback. */
const EMPTY_END = Buffer.of(END, END, 0x3e);
/** After sys.exit() the board runs boot.py, and enters the raw REPL again. */
const SOFT_RESET = 'MPY: soft reboot';
const PROMPT_AFTER_RESET = 'raw REPL; CTRL-B to exit\r\n>';
/** A message in a traceback may have 0x04 in it. */
const TRACEBACK = 'Traceback (most recent call last):';
/** More than any traceback; output behind 0x04 is not held back any longer. */
const MAX_HELD_BYTES = 8192;

export class ProgramOutput {
  /** From a byte on that may be the end's first. */
  #held = Buffer.alloc(0);

  /** @returns the output without what may be its end */
  push(bytes: Uint8Array): Uint8Array {
    const output: Uint8Array[] = [];
    let rest = Buffer.concat([this.#held, bytes]);
    for (let at = rest.indexOf(END); at >= 0; at = rest.indexOf(END)) {
      output.push(rest.subarray(0, at));
      rest = rest.subarray(at);
      if (rest.length <= MAX_HELD_BYTES && stateOf(rest) !== 'output') {
        this.#held = rest;
        return Buffer.concat(output);
      }
      output.push(rest.subarray(0, 1));
      rest = rest.subarray(1);
    }
    this.#held = Buffer.alloc(0);
    return Buffer.concat([...output, rest]);
  }

  /** `over` is certain once nothing more comes. */
  get state(): 'running' | 'ending' | 'over' {
    const state = stateOf(this.#held);
    return state === 'output' ? 'running' : state;
  }

  /** Empty where the program ended without one. */
  get traceback(): string {
    return this.#held.subarray(1, tracebackEnd(this.#held)).toString('utf8');
  }

  /** The program called sys.exit() or machine.soft_reset(), which are the same on the line. */
  get isSoftReset(): boolean {
    return afterEnd(this.#held).startsWith(SOFT_RESET);
  }

  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** @returns what was held back, when it is no end because the rest of that has not come */
  flush(): Uint8Array {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }
}

/** Where the traceback ends as far as it has come, -1 before that. @param held begins with 0x04 */
function tracebackEnd(held: Buffer): number {
  if (!isTraceback(held)) return held.indexOf(END, 1);
  const last = held.lastIndexOf(END);
  return last > 0 ? last : -1;
}

/** One that a program has printed ends without a line end in front of the last 0x04: its own is empty. */
function isTraceback(held: Buffer): boolean {
  return (
    held.toString('latin1', 1, 1 + TRACEBACK.length) === TRACEBACK && !held.subarray(-3).equals(EMPTY_END)
  );
}

/** What follows the traceback, without a line end in front. @param held begins with 0x04 */
function afterEnd(held: Buffer): string {
  return held.toString('latin1', tracebackEnd(held) + 1).trimStart();
}

/** @param held begins with 0x04. `running`: a traceback may be on its way; `ending`: only the prompt is missing */
function stateOf(held: Buffer): 'output' | 'running' | 'ending' | 'over' {
  if (tracebackEnd(held) < 0) return 'running';
  const text = afterEnd(held);
  if (text === PROMPT) return 'over';
  if (text.includes(String.fromCharCode(END))) return 'output';
  if (text.startsWith(SOFT_RESET)) return text.endsWith(PROMPT_AFTER_RESET) ? 'over' : 'ending';
  if (text !== '' && isTraceback(held)) return 'running';
  return SOFT_RESET.startsWith(text) ? 'ending' : 'output';
}
