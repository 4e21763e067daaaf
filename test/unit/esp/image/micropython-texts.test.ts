import { expect, test } from 'vitest';
import { identifyProgram } from '../../../../src/esp/image/micropython-texts.js';

test('a version is found wherever it is in the image', () => {
  const text = `MicroPython v1.27.0-${'preview.'.repeat(7)} on 2025-12-09`;
  for (let at = 0x10000 - text.length - 10; at < 0x10000 + 10; at++) {
    const image = Buffer.alloc(0x10000 + 200, 0xff);
    image.write(text, at, 'latin1');
    const isFound = identifyProgram(image).version === text.slice(13, -14);
    if (!isFound) expect.fail(`at ${at}: ${JSON.stringify(identifyProgram(image))}`);
  }
});
