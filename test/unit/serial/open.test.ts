// Addresses that name no port that could be.
import { expect, test } from 'vitest';
import { openPort } from '../../../src/serial/open.js';

test.each([
  ['rfc2217://127.0.0.1:99999', 'a port number from 1 to 65535, as in rfc2217://'],
  ['socket://127.0.0.1:0', 'a port number from 1 to 65535, as in socket://'],
  ['socket://', 'needs a host and a port number'],
])('%s is refused with a form that works', async (address, message) => {
  await expect(openPort(address)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message),
  });
});
