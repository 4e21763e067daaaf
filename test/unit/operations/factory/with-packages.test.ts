import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadPlan } from '../../../../src/operations/factory/plan/prepare-plan.js';
import { withPackages } from '../../../../src/operations/factory/with-packages.js';
import { planFolder } from '../../../support/factory-plan.js';
import { PackageSite } from '../../../support/package-site.js';
import { temporaryFolder } from '../../../support/virtual-port.js';

test('a package that is damaged is reported with the plan that names it', async () => {
  await using site = await PackageSite.start();
  site.describe('greeting', 'not JSON');
  const folder = planFolder(temporaryFolder(), 1, { packages: ['greeting'] });
  const file = join(folder, 'factory.json');
  const made = withPackages(await loadPlan(file), { cacheFolder: join(folder, 'cache'), index: site.index });
  await expect(made).rejects.toMatchObject({
    code: 'package-failed',
    next: `Try another version of the package, or remove it from "packages" in ${file}.`,
  });
});
