// What taking files costs a board: this interpreter has objects of the same size as an ESP8266's.

import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { shortName } from '../../scripts/board-scripts.js';
import { receiverProgram } from '../../src/micropython/receiver.js';
import { NEEDED_HEAP_BYTES } from '../../src/operations/install/staging.js';
import { STAGING_FOLDER } from '../../src/portal/commit-program.js';
import { pyBytes, startMicroPython } from '../support/micropython.js';
import { seededBytes } from '../support/random.js';

const WINDOW_BITS = 10; // what a board with no more than that gets

test('the receiver holds less than 6 KB while it takes compressed blocks', async () => {
  const py = await startMicroPython();
  const hash = shortName('hashlib');
  py.run(`import os, hashlib, sys\n${hash} = hashlib\nos.mkdir('portal.new')\nreceiver = None`);
  const emptyBytes = py.heldBytes();
  // It stands still where it would wait for the line, so that what it holds can be counted: no garbage, all that lives.
  const program = receiverProgram('other', 'deflate', STAGING_FOLDER).replace(
    /\w\((\w\[(\w):min\(\2\+63,\w\)\])\)/,
    'yield $1',
  );
  expect(program).toContain('yield');
  py.run(program);
  const content = deflateRawSync(
    seededBytes(1, 4000).map((byte) => byte & 0x3f),
    { windowBits: WINDOW_BITS },
  );
  py.run(`
sent = bytearray()
state = [[100000], -1, 0, None]
receiver = ${shortName('receive_blocks')}(None, sent.extend, ${content.length}, ${WINDOW_BITS}, state)
`);
  let most = 0;
  const blocks = Math.ceil(content.length / 249);
  for (let block = 0; block < blocks; block++) {
    const part = content.subarray(block * 249, (block + 1) * 249);
    py.run(`
content = bytes((${block},)) + ${pyBytes(part)}
content += hashlib.sha256(content).digest()[:2]
at = 0
while at < len(content):
    piece = next(receiver)
    piece[:] = content[at:at + 63]
    at += len(piece)
content = piece = None
`);
    most = Math.max(most, py.heldBytes());
  }
  const heldBytes = most - emptyBytes;
  process.stdout.write(`device-py: ${heldBytes} bytes held while receiving\n`);
  expect(heldBytes).toBeGreaterThan(3000); // its window and tables were counted
  expect(heldBytes).toBeLessThan(NEEDED_HEAP_BYTES);
});
