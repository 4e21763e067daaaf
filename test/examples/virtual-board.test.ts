// The example of docs/virtual-board.md, as it is on the page, with a program behind it that uses the port.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/virtual-port.js';

const PAGE = readFileSync('docs/virtual-board.md', 'utf8');
const [, example = ''] = /```js\n([^`]*SerialPortStream[^`]*)```/.exec(PAGE) ?? [];

/** Restarts the board as esptool does, and reads its ROM's first words at the rate of that ROM. */
const PROGRAM = `
await new Promise((resolve, reject) => port.once('open', resolve).once('error', reject));
const call = (name, options) => new Promise((resolve) => port[name](options, resolve));
await call('update', { baudRate: 74880 });
await call('set', { dtr: false, rts: true });
await call('set', { dtr: false, rts: false });
let text = '';
for await (const bytes of port) {
  text += bytes.toString('latin1');
  if (text.includes('boot mode:')) break;
}
console.log(JSON.stringify({ text, firstByte: ownFirmware[0] }));
if (port.isOpen) port.close();
`;

test('the example of the page opens a board with serialport, and the board starts', async () => {
  const env = { ...process.env, ESP_PORTAL_STATE_DIR: temporaryFolder() };
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', `${example}${PROGRAM}`], {
    env,
    timeout: 50_000,
  });
  const { text, firstByte } = JSON.parse((await run).stdout);
  expect(text).toMatch(/ets Jan {2}8 2013,rst cause:\d, boot mode:\(3,\d\)/);
  expect(firstByte).toBe(0xe9);
});
