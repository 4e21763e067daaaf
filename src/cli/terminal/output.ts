// Standard output, which may be a pipe that is closed or a disk that is full.

import { PortalError } from '../../errors.js';
import { fileErrorWords } from '../../input/file-error.js';
import type { Host } from '../host.js';

export class Output {
  readonly #stdout: Host['stdout'];
  #error: PortalError | undefined;
  #isPipeClosed = false;

  /** @param onLost called once with the reason; later output is lost */
  constructor(stdout: Host['stdout'], onLost: (error: PortalError) => void) {
    this.#stdout = stdout;
    stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#error) return;
      this.#isPipeClosed = error.code === 'EPIPE' || error.code === 'EIO';
      this.#error = new PortalError(
        'output-failed',
        `The output cannot be written: ${fileErrorWords(error)}.`,
        {
          cause: error,
        },
      );
      onLost(this.#error);
    });
  }

  get isLost(): boolean {
    return this.#error !== undefined;
  }

  /** Waits until what was written has left, or is lost. */
  async flushed(): Promise<void> {
    await new Promise<void>((resolve) => this.#stdout.write('', () => resolve()));
  }

  /**
   * As `flushed`.
   * @throws PortalError `output-failed`, but not when the reader closed the pipe, as `| head` does
   */
  async written(): Promise<void> {
    await this.flushed();
    if (this.#error && !this.#isPipeClosed) throw this.#error;
  }
}
