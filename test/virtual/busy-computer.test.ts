// A computer that stands still for a moment costs a virtual board time, and nothing that it has said.

import { openPort } from 'esp-portal';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RawRepl } from '../../src/micropython/raw-repl.js';
import { ByteReader } from '../../src/port/byte-reader.js';
import { CliHome } from '../support/cli.js';

const home = new CliHome();
beforeAll(() => {
  process.env.ESP_PORTAL_STATE_DIR = home.folder;
});
afterAll(() => home[Symbol.dispose]());

test('what a program prints 20 ms before it restarts the board arrives', async () => {
  home.makeBoard('busy', 'micropython');
  await using port = await openPort('virtual:busy?speed=real&http=0&dns=0');
  await using repl = await RawRepl.enter(port);
  const words = 'all is well';
  const code = `import time, machine
print('go')
time.sleep_ms(100)
print('${words}')
time.sleep_ms(20)
machine.reset()`;
  await repl.execUntilReset(code, 'go');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 400); // this thread is the rest of the computer
  let heard = '';
  while (!heard.includes(words)) {
    const bytes = await ByteReader.of(port).read({ timeoutMs: 30_000 });
    expect(bytes, heard).toBeDefined();
    heard += Buffer.from(bytes ?? []).toString('latin1');
  }
});
