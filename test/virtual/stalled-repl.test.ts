// A connection that goes quiet after the board answered: its flash is not called blank, and the error states what is on it.

import { install, openPort, type Port, resetCredentials, uninstall } from 'esp-portal';
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
  #leftBytes: number;

  constructor(port: Port, bytes: number) {
    super(port);
    this.#leftBytes = bytes;
  }

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

test.each([
  ['install', 4000, 'No file on the board was changed.', install],
  ['uninstall', 300, 'Nothing on the board was changed.', (port: Port) => uninstall(port, { purge: true })],
  [
    'reset-creds',
    300,
    'The network may be deleted in part; the same command finishes this.',
    resetCredentials,
  ],
] as const)('%s says that the board stopped answering, and what it has', async (name, bytes, state, run) => {
  home.makeBoard(`quiet-${name}`, 'micropython');
  await using board = await openPort(`virtual:quiet-${name}?speed=max&http=0&dns=0`);
  await expect(run(new QuietPort(board, bytes))).rejects.toMatchObject({
    code: expect.stringMatching(/^(?:repl-stalled|transfer-failed)$/),
    message: expect.stringContaining(state),
  });
});
