// The one error class of this package. Knows the codes of the table, nothing else.

import type { ErrorCode } from './error-table.js';

interface PortalErrorOptions {
  /** Underlying error, for `--verbose`. */
  cause?: unknown;
  /** Output of the board, such as a traceback. */
  boardOutput?: string;
  /** The most likely cause in this case, instead of the one in the table. */
  likelyCause?: string;
  /** Next command or action in this case, instead of the one in the table. */
  next?: string;
}

/** Enough for a traceback or the end of a boot log; a board can send as much as it likes. */
const MAX_TEXT_CHARACTERS = 2000;

/** An error with a cause outside this program. Bugs stay plain `Error`. */
export class PortalError extends Error {
  override readonly name = 'PortalError';
  readonly code: ErrorCode;
  readonly boardOutput: string | undefined;
  readonly likelyCause: string | undefined;
  readonly next: string | undefined;

  /** @param message what happened, one sentence with the names and figures of this case */
  constructor(code: ErrorCode, message: string, options: PortalErrorOptions = {}) {
    super(bothEndsOf(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.boardOutput = options.boardOutput && endOf(options.boardOutput);
    this.likelyCause = options.likelyCause;
    this.next = options.next;
  }

  /** A copy with more information. @param more replaces fields; `adds` is appended to the message */
  with({ adds, message, ...more }: PortalErrorOptions & { adds?: string; message?: string }): PortalError {
    const { code, cause, boardOutput, likelyCause, next } = this;
    const text = adds === undefined ? (message ?? this.message) : `${message ?? this.message} ${adds}`;
    return new PortalError(code, text, {
      cause,
      ...(boardOutput !== undefined && { boardOutput }),
      ...(likelyCause !== undefined && { likelyCause }),
      ...(next !== undefined && { next }),
      ...more,
    });
  }
}

/** Both ends: what a board raised is in the middle. */
function bothEndsOf(text: string): string {
  if (text.length <= MAX_TEXT_CHARACTERS) return text;
  const half = MAX_TEXT_CHARACTERS / 2;
  return `${text.slice(0, half)}…${text.slice(-half)}`;
}

/** The last line has the error. */
function endOf(text: string): string {
  return text.length > MAX_TEXT_CHARACTERS ? `…${text.slice(-MAX_TEXT_CHARACTERS)}` : text;
}

/**
 * Adds what holds for the board after the error, whatever its code: an operation that changes a board calls this once.
 * @param sentence state of the board; bugs are returned without it
 */
export function withBoardState(error: unknown, sentence: string): unknown {
  return error instanceof PortalError ? error.with({ adds: sentence }) : error;
}
