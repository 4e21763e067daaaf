// A network that is still on the board after it was deleted.

import { expect, test } from 'vitest';
import { resetCredentials } from '../../../../src/operations/credentials/reset-credentials.js';
import { ScriptedBoard } from '../../../support/scripted-board.js';

const FILE = Buffer.from('Lamp,secret-1').toString('hex');
const LAMP = Buffer.from('Lamp').toString('hex');
const NONE = ',';

/** @param answers of the board to the programs that it is sent, in order */
async function resetOn(answers: readonly string[]): Promise<unknown> {
  const left = [...answers];
  const board = new ScriptedBoard(() => `${left.shift() ?? ''}\x04`, 'R\x01', 128);
  return resetCredentials(board.port, { restart: false }).catch((error: unknown) => error);
}

test.each([
  ['in its file', ['["wifi.creds"]', FILE, '', NONE, '["wifi.creds"]'], 'wifi.creds is still on the board'],
  ['in the SDK', ['["wifi.creds"]', FILE, '', `${LAMP},${LAMP}`], 'The SDK still stores "Lamp"'],
])('one that is still %s is reported with how to erase it', async (_where, answers, message) => {
  expect(await resetOn(answers)).toMatchObject({
    code: 'board-error',
    message: expect.stringContaining(message),
    likelyCause: expect.stringContaining('flash did not take the change'),
    next: 'Erase the whole flash, with all files: esp-portal flash --erase --port PORT',
  });
});

test('one that is gone is reported by its name', async () => {
  expect(await resetOn(['["wifi.creds"]', FILE, '', NONE, '[]'])).toMatchObject({
    forgotten: ['Lamp'],
    files: ['wifi.creds'],
  });
});
