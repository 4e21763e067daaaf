// What a fresh portal costs on the wire: at 115200 baud it has to be on a board within 1.2 s.
import pako from 'pako';
import { expect, it } from 'vitest';
import { neededFiles, readPortalBundle } from '../../src/portal/bundle.js';

/** As much as several networks, keep(), the button and the way to custom fields need; goes down only. */
const CEILING_BYTES = 11_350;

it('the portal deflates to no more than it did, in a window of 2 KB', async () => {
  const mpy6 = neededFiles((await readPortalBundle()).mpy6, new Map());
  const content = Buffer.concat(mpy6.map(({ bytes }) => bytes));
  const deflated = pako.deflateRaw(content, { level: 9, memLevel: 9, windowBits: 11 });
  process.stdout.write(`portal size: ${deflated.length} bytes deflated\n`);
  expect(deflated.length).toBeLessThanOrEqual(CEILING_BYTES);
});
