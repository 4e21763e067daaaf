// A connection that goes quiet while files are uploaded: the board answered before, so its flash is not called blank.

import { install, openPort } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CliHome } from '../support/cli.js';
import { RecordingPort } from '../support/port-wrappers.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

/** Carries so many bytes to the board, and nothing in any direction afterwards. */
class QuietPort extends RecordingPort {
  #leftBytes = 4000;

  override async write(bytes: Uint8Array): Promise<void> {
    this.#leftBytes -= bytes.length;
    if (this.#leftBytes > 0) await super.write(bytes);
  }

  override async read(options: {
    timeoutMs: number;
    signal?: AbortSignal | undefined;
  }): Promise<Uint8Array | undefined> {
    const bytes = await super.read(options);
    return this.#leftBytes > 0 ? bytes : undefined;
  }
}

test('says that the board stopped answering or the data was lost', async () => {
  home.makeBoard('quiet', 'micropython');
  await using board = await openPort('virtual:quiet?speed=max&http=0&dns=0');
  const code = expect.stringMatching(/^(?:repl-stalled|transfer-failed)$/);
  await expect(install(new QuietPort(board))).rejects.toMatchObject({ code });
});
