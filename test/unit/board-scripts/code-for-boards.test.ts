// What is sent to boards as source is read by the compiler of whatever MicroPython is there, from 1.12 on. mpy-cross is
// that compiler: the one of format 5 is older than 1.19.

import { describe, expect, test } from 'vitest';
import { compileMpy } from '../../../scripts/mpy-cross.js';
import { receiverProgram } from '../../../src/micropython/receiver.js';
import { sdkNetworkProgram } from '../../../src/operations/credentials/forget-network.js';
import { factsProgram, GLANCE } from '../../../src/operations/install/probe-board.js';
import { SETTINGS } from '../../../src/operations/install/read-portal-settings.js';
import { DISCARD } from '../../../src/operations/install/staging.js';
import {
  type CommitPlan,
  commitProgram,
  commitStep,
  STAGING_FOLDER,
} from '../../../src/portal/commit-program.js';

const plan = (main: CommitPlan['main'], isLarge: boolean): CommitPlan => ({
  paths: ['lib/x.py', 'main.py', 'portal.manifest'],
  kept: new Map(isLarge ? [['x.py', 'x.py.old']] : []),
  removed: isLarge ? ['lib/old.py'] : [],
  main,
  mainCopy: isLarge ? 'main.py.old' : undefined,
});
const commits = (['keep', 'remove', 1] as const).flatMap((main) =>
  [true, false].flatMap((isLarge) => {
    const what = `commit, main.py ${main}, ${isLarge ? 'everything to do' : 'nothing else to do'}`;
    return [
      [what, commitProgram(plan(main, isLarge))],
      [`step to the ${what}`, commitStep(plan(main, isLarge), 3)],
    ];
  }),
);

describe.each([5, 6] as const)('mpy-cross of format %s compiles', (format) => {
  test.each([
    ['first look', GLANCE],
    ['facts', factsProgram({ hasManifest: true, hasHashes: false }, ['hash'], ['lib'])],
    ['facts of a fresh board', factsProgram({ hasManifest: false, hasHashes: true }, [], [])],
    ['receiver, ESP8266', receiverProgram('esp8266', 'uzlib', STAGING_FOLDER)],
    ['receiver, ESP32', receiverProgram('esp32', 'deflate', STAGING_FOLDER)],
    ['receiver without a timer', receiverProgram('rp2', 'deflate', STAGING_FOLDER)],
    ['removal of what was staged', DISCARD],
    ['settings', SETTINGS],
    ['forgetting a network', sdkNetworkProgram(true)],
    ['network of the SDK', sdkNetworkProgram(false)],
    ...commits,
  ])('%s', async (_what, code) => {
    expect(await compileMpy('code.py', code ?? '', format)).not.toHaveLength(0);
  });
});

test('the compiler of format 5 rejects newer syntax', async () => {
  await expect(compileMpy('code.py', 'print(*[1], 2)', 5)).rejects.toThrow('non-keyword arg');
});
