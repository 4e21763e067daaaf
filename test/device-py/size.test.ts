// What a fresh portal costs on the wire: at 115200 baud it has to be on a board within 1.2 s.
import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { mpyFiles } from '../support/micropython.js';

/** Goes down only. Modules first, pages last: files that are alike lie within the window. */
const CEILING_BYTES = 9_600;

it('the portal deflates to no more than it did, in a window of 2 KB', async () => {
  const files = (await mpyFiles()).map(([, bytes]) => bytes);
  const deflated = deflateRawSync(Buffer.concat(files), { level: 9, memLevel: 9, windowBits: 11 });
  process.stdout.write(`portal size: ${deflated.length} bytes deflated\n`);
  expect(deflated.length).toBeLessThanOrEqual(CEILING_BYTES);
});
