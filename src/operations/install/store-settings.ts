// Replaces the portal's settings on a board where it is installed, as install does: all or nothing, and listed in the manifest.

import type { BoardSession } from '../../micropython/board-session.js';
import type { PortalConfig } from '../../portal/config.js';
import { planSettings, stagedFiles } from '../../portal/plan.js';
import { applyPlan, checkRoom, recoverInterruptedInstall } from './apply-plan.js';
import { configure } from './configure.js';
import { probeBoard } from './probe-board.js';

/**
 * @returns whether they were replaced, which ends the session: the board restarts
 * @throws PortalError as applyPlan
 */
export async function storeSettings(
  session: BoardSession,
  given: PortalConfig,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const facts = await recoverInterruptedInstall(session, await probeBoard(session.repl), [], [], true);
  const { file, isThere } = await configure(session.repl, given);
  if (isThere) return false;
  const plan = planSettings(file, facts);
  const files = stagedFiles(plan);
  await checkRoom(session.repl, facts, files);
  await applyPlan(session.repl, facts, files, plan.commit, {
    signal,
    onBytes: () => {},
    onCommit: () => {
      session.leaves = 'The board has the old settings or the new ones.';
    },
  });
  return true;
}
