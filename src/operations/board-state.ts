// What a run that ends early leaves on the board: one sentence, added to the error.

import { PortalError } from '../errors.js';

/** The port is gone, or somebody wanted it to end. */
export const ENDINGS_THAT_LEAVE_A_STATE: readonly string[] = ['port-lost', 'interrupted', 'output-failed'];

export class BoardState {
  /** What holds from now on. */
  sentence: string;

  constructor(sentence: string) {
    this.sentence = sentence;
  }

  /** An error with what it means for the board, where that is not clear by itself. */
  added(error: unknown): unknown {
    if (!(error instanceof PortalError) || !ENDINGS_THAT_LEAVE_A_STATE.includes(error.code)) return error;
    const { code, message, cause, boardOutput } = error;
    return new PortalError(code, `${message} ${this.sentence}`, {
      cause,
      ...(boardOutput !== undefined && { boardOutput }),
    });
  }
}
