// Standard output, which may be a pipe that is closed or a disk that is full.

import { PortalError } from '../../errors.js';

export class Output {
  #error: NodeJS.ErrnoException | undefined;

  /** @param onLost told once, with the error that ends the command: from then on nothing is written */
  constructor(onLost: (error: PortalError) => void) {
    process.stdout.on('error', (error) => {
      this.#error ??= error;
      onLost(this.#ending(error));
    });
    process.stderr.on('error', () => {}); // there is nobody to tell
  }

  get isLost(): boolean {
    return this.#error !== undefined;
  }

  /** `| head` has seen enough, which is no failure. */
  get isClosed(): boolean {
    return this.#error?.code === 'EPIPE';
  }

  /**
   * Waits until what was written has left.
   * @throws PortalError `output-failed`
   */
  async written(): Promise<void> {
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
    if (this.#error) throw this.#ending(this.#error);
  }

  #ending(error: NodeJS.ErrnoException): PortalError {
    return new PortalError('output-failed', `The output cannot be written: ${error.message}.`, {
      cause: error,
    });
  }
}
