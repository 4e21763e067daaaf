// Adds the packages of a plan to its program, as the lock file next to the plan has them.

import { join } from 'node:path';
import { PortalError } from '../../errors.js';
import type { BundleForm } from '../../portal/bundle.js';
import { LOCK_FILE } from '../packages/package-name.js';
import type { PackagesOptions } from '../packages/packages.js';
import type { PreparedPlan } from './plan/prepare-plan.js';

/**
 * The plan with its packages in the program.
 * @throws PortalError as programWithPackages
 */
export async function withPackages(
  plan: PreparedPlan,
  options: Omit<PackagesOptions, 'lockFile'>,
): Promise<PreparedPlan> {
  const { appFiles, file } = plan;
  const { packages = [], folder } = file;
  if (!appFiles || packages.length === 0) return plan;
  const { programWithPackages } = await import('../packages/packages.js');
  const lockFile = join(folder, LOCK_FILE);
  const appFor = (form: BundleForm) =>
    programWithPackages(appFiles, packages, form, { ...options, lockFile });
  try {
    return plan.withProgram(await appFor('mpy6'), appFor);
  } catch (error) {
    if (!(error instanceof PortalError) || error.code !== 'package-failed') throw error;
    const next = `Try another version of the package, or remove it from "packages" in ${file.name}.`;
    throw error.with({ next: error.next ?? next }); // esp-portal remove is for the packages of a project
  }
}
