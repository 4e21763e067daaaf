// Answers of a board that are not what was asked for.

import { expect, test } from 'vitest';
import { listBoardFiles, readBoardFile } from '../../../src/micropython/board-files.js';
import { RawRepl } from '../../../src/micropython/raw-repl.js';
import { readPortalSettings } from '../../../src/operations/install/read-portal-settings.js';
import { ScriptedBoard } from '../../support/scripted-board.js';

async function enter(answer: string): Promise<RawRepl> {
  return RawRepl.enter(new ScriptedBoard(() => `${answer}\x04`, 'R\x01', 128).port);
}

test.each(['null', '{"a": 1}', '["a", 5]', '["a"', 'boot.py'])(
  'a list of files that is none is reported as a failed transfer: %s',
  async (answer) => {
    await expect(listBoardFiles(await enter(answer))).rejects.toMatchObject({ code: 'transfer-failed' });
  },
);

test.each(['6d61 E (4711) wifi: x', '6d6', 'Traceback', '6d61zz'])(
  'a file is read whole or not at all: %s',
  async (answer) => {
    await expect(readBoardFile(await enter(answer), 'main.py')).rejects.toMatchObject({
      code: 'transfer-failed',
    });
  },
);

test('an empty file is empty', async () => {
  expect(await readBoardFile(await enter(''), 'main.py')).toHaveLength(0);
});

test.each(['null', '[["essid"]]', '[[1, "x", null]]', '[["essid", "x", {}]]'])(
  'settings of another form are reported without their text: %s',
  async (json) => {
    const hex = Buffer.from(json).toString('hex');
    await expect(readPortalSettings(await enter(hex))).rejects.toMatchObject({
      code: 'transfer-failed',
      message: 'The settings that the board sent cannot be read.',
    });
  },
);
