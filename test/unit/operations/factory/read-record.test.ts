import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlan } from '../../../../src/operations/factory/plan/prepare-plan.js';
import { factoryExport, factoryStatus } from '../../../../src/operations/factory/read-record.js';
import { planFolder } from '../../../support/factory-plan.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

test('figures need the rows of all boards, as making boards does; an export has them without', async () => {
  const folder = planFolder(temporaryFolder(), 2);
  const started = { event: 'started', time: '', mac: '5c:cf:7f:00:00:01', row: 1, serial: 'L-0' };
  const lines = [{ event: 'record', format: 1, tool: 'x' }, started].map((line) => JSON.stringify(line));
  writeFileSync(join(folder, 'made.jsonl'), `${lines.join('\n')}\n`);
  const plan = await loadPlan(join(folder, 'factory.json'));
  await expect(factoryStatus(plan)).rejects.toThrow('boards.csv: row 1, serial L-0, is missing');
  expect(await factoryExport(plan)).toContain('L-0,1,5c:cf:7f:00:00:01,unfinished');
});
