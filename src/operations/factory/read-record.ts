// What can be done with a record while no board is plugged in: figures, a table, labels.

import { writeLabel } from './labels.js';
import type { PreparedPlan } from './plan/prepare-plan.js';
import { Ledger } from './record/ledger.js';
import { recordReader } from './record/record-file.js';
import { type FactorySummary, recordAsCsv, summarise } from './record/summary.js';

/** @throws PortalError `usage` for a record that is damaged, or does not fit the plan */
export async function factoryStatus(plan: PreparedPlan): Promise<FactorySummary> {
  const ledger = await ledgerOf(plan);
  requireRows(plan, ledger);
  return summarise(ledger, plan.boards);
}

/**
 * @returns CSV, a line for each board that has a row
 * @throws PortalError `usage` for a record that is damaged
 */
export async function factoryExport(plan: PreparedPlan): Promise<string> {
  return recordAsCsv(await ledgerOf(plan));
}

/**
 * Writes the labels of boards that are made once more.
 * @param name serial number or MAC address of one board; all without it
 * @returns the files
 * @throws PortalError `usage`, `output-failed`
 */
export async function factoryLabels(plan: PreparedPlan, name?: string): Promise<string[]> {
  const { boards } = await ledgerOf(plan);
  const files: string[] = [];
  for (const { started, made } of boards) {
    const isWanted = name === undefined || started.serial === name || started.mac === name.toLowerCase();
    const file = made && isWanted ? await writeLabel(plan, started) : undefined;
    if (file !== undefined) files.push(file);
  }
  return files;
}

/**
 * A row that a board has may not be removed from the data: which rows are left would be wrong.
 * @throws PortalError `usage`
 */
export function requireRows(plan: PreparedPlan, { boards }: Ledger): void {
  for (const { started } of boards) plan.values(started);
}

function ledgerOf({ file: { record } }: PreparedPlan): Promise<Ledger> {
  return Ledger.read(recordReader(record), record);
}
