// Results of the factory, in sentences.

import { ERROR_TABLE } from '../../../error-table.js';
import type { PortalError } from '../../../errors.js';
import type { FactoryResult } from '../../../operations/factory/factory.js';
import type { FactorySummary } from '../../../operations/factory/record/summary.js';

export function describeStatus({
  made,
  failed,
  unfinished,
  left,
  minutesPerBoard,
}: FactorySummary): string[] {
  const parts = [`${made} made`, `${failed.length} failed`, `${unfinished.length} unfinished`];
  if (left !== undefined) parts.push(`${left} left`);
  return [
    `${parts.join(', ')}.`,
    ...(minutesPerBoard === undefined ? [] : [`${minutesPerBoard} minutes per board.`]),
    ...failed.map(({ serial, mac, code, message }) => `Failed: ${serial} (${mac}): ${code}: ${message}`),
    ...unfinished.map(
      ({ serial, mac }) => `Unfinished: ${serial} (${mac}). It goes on when it is plugged in.`,
    ),
  ];
}

export function describeResult({ made, checked, failed, unfinished, isComplete }: FactoryResult): string[] {
  const parts = [`${made} made`];
  if (checked > 0) parts.push(`${checked} checked`);
  parts.push(`${failed.length} failed`);
  if (unfinished > 0) parts.push(`${unfinished} unfinished (plug them in again: they go on with their rows)`);
  return [`${parts.join(', ')}.`, ...(isComplete ? ['All boards of the plan are made.'] : [])];
}

/** The failure with the highest exit status stands for all. */
export function failureOf(result: FactoryResult, labelOf: (address: string) => string): PortalError {
  const { failed, made, checked } = result;
  const [worst] = failed.toSorted(
    (a, b) => ERROR_TABLE[b.error.code].exitStatus - ERROR_TABLE[a.error.code].exitStatus,
  );
  if (!worst) throw new Error('no board failed');
  const all = failed.length + made + checked;
  const list = failed.map(({ board, error }) => `${labelOf(board)}: ${error.message}`).join(' ');
  return worst.error.with({ message: `${failed.length} of ${all} boards failed. ${list}` });
}
