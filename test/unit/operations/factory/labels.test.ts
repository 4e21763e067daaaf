import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { writeLabel } from '../../../../src/operations/factory/labels.js';
import { loadPlan } from '../../../../src/operations/factory/plan/prepare-plan.js';
import { planFolder } from '../../../support/factory-plan.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

/** Data that was sorted between two boards gives both the same row. */
test.each([
  ['L-1', 'L-2', ['0001-L-1.svg', '0001-L-2.svg']],
  ['Ä 1', 'Ö 2', ['0001-5ccf7f000001.svg', '0001-5ccf7f000002.svg']],
])('two boards with the serial numbers %s and %s have two labels, also with one row', async (...cases) => {
  const [first, second, names] = cases;
  const folder = planFolder(temporaryFolder(), 1);
  writeFileSync(join(folder, 'boards.csv'), `serial,token\n${first},a\n${second},b\n`);
  const plan = await loadPlan(join(folder, 'factory.json'));
  const label = async (mac: string, serial: string) => {
    const random = { 12: 'abcdefghjkmn' };
    return basename(
      (await writeLabel(plan, { event: 'started', mac, row: 1, serial, time: '', random })) ?? '',
    );
  };
  expect([await label('5c:cf:7f:00:00:01', first), await label('5c:cf:7f:00:00:02', second)]).toEqual(names);
});
