// install: puts the portal and the user's program on a board, all or nothing, and waits until the portal is ready.

import { PortalError } from '../../errors.js';
import type { LogEntry } from '../../log/events.js';
import { readBoardFile } from '../../micropython/board-files.js';
import { BoardSession } from '../../micropython/board-session.js';
import type { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import type { BoardFacts } from '../../portal/board-facts.js';
import {
  type BundleFile,
  type BundleForm,
  bundleFormFor,
  MAIN_FILE,
  type PortalBundle,
  readPortalBundle,
} from '../../portal/bundle.js';
import { foldersOf } from '../../portal/commit-program.js';
import { checkConfig, type PortalConfig } from '../../portal/config.js';
import {
  type InstallPlan,
  likelyManifests,
  type MainMode,
  PORTAL_LINES,
  planInstall,
  stagedFiles,
} from '../../portal/plan.js';
import { CONFIG_FILE, checkButton, mdnsNameOf } from '../../portal/settings.js';
import { bytesEvent, type OperationOptions } from '../../progress.js';
import { BoardLog } from '../log/board-log.js';
import {
  applyPlan,
  checkRoom,
  recoverInterruptedInstall,
  resetAfterFailure,
  workUndisturbed,
} from './apply-plan.js';
import { configure, isGiven, shownSettings } from './configure.js';
import type { AtPrompt, Installed, InstallResult, Untouched, WithoutPortal } from './install-result.js';
import { portalFor } from './portal-files.js';
import { isUpToDate, type ProbeResult, probeBoard } from './probe-board.js';
import { type PortalStart, startPortal } from './start-portal.js';
import { withoutWifi } from './without-wifi.js';

/** What all boards import since MicroPython 1.19: the form that is looked for first. */
const USUAL_FORM: BundleForm = 'mpy6';

export interface InstallOptions extends OperationOptions {
  /** What to set; all that is left out stays as it is on the board. */
  config?: PortalConfig | undefined;
  /** The user's program, see readAppFolder; if omitted, a program on the board is kept. */
  app?: readonly BundleFile[] | undefined;
  /** The program for boards that import modules of another form; by default the same. */
  appFor?: ((form: BundleForm) => Promise<readonly BundleFile[]>) | undefined;
  /** What to do with a main.py that is not from esp-portal; `keep` by default. */
  main?: MainMode | undefined;
  /** Find out what would be done, and do none of it. */
  dryRun?: boolean | undefined;
  /** `false`: leave the board at its prompt; no program runs there. */
  restart?: boolean | undefined;
  /** Another build of the portal than the one that comes with this package. */
  portal?: PortalBundle | undefined;
  /**
   * The fastest rate at which many bytes are uploaded, on a board whose UART and adapter take it; 460800 by default. The
   * rate of the REPL comes back in any case.
   */
  uploadBaudRate?: number | undefined;
  /** How long the portal may take to report, in milliseconds. */
  readyTimeoutMs?: number | undefined;
  /** The log of this port, if it is read afterwards. */
  log?: BoardLog | undefined;
  /** Called with the board's log while the portal starts. */
  onLog?: ((entry: LogEntry) => void) | undefined;
}

/**
 * Uploads what has changed and restarts the board, unless it is to stay at its prompt.
 * @throws PortalError `repl-…`, `usage` for a configuration that cannot work, `transfer-failed`, `board-…`,
 *   `portal-silent`, `timeout`, `port-lost`; the signal's reason
 */
export async function install(port: Port, options: InstallOptions = {}): Promise<InstallResult> {
  const { signal, onProgress = () => {}, dryRun = false } = options;
  checkConfig(options.config ?? {});
  const session = new BoardSession(port, { signal, leaves: 'No file on the board was changed.' });
  const bundle = options.portal ?? (await readPortalBundle());
  onProgress({ event: 'step', step: 'enter-repl' });
  try {
    await session.enter();
    const probe = await probeBoard(session.repl);
    const done =
      (await alreadyThere(session.repl, probe, bundle[USUAL_FORM], options)) ??
      (await workUndisturbed(session, probe, onProgress, (again) =>
        bringUpToDate(session, again, bundle, options),
      ));
    if (options.restart === false)
      return { ...(await leaveAtPrompt(session, done, options)), ...done.fields };
    onProgress({ event: 'step', step: dryRun ? 'restart' : 'start-portal' });
    if (dryRun || done.isNothing) await session.repl.restartBoard();
    return { ...(await start(port, done, options)), ...done.fields };
  } catch (error) {
    // What was there runs on.
    throw session.withState(session.isEntered ? await resetAfterFailure(session.repl, error) : error);
  }
}

/** What was done before the restart, which follows. */
interface Done {
  readonly isNothing: boolean;
  readonly main: InstallPlan['main'];
  readonly fields: Installed;
}

/** The quick look, which answers for a board on which nothing has to be changed. */
async function alreadyThere(
  repl: RawRepl,
  probe: ProbeResult,
  portal: PortalBundle[BundleForm],
  { config, app }: InstallOptions,
): Promise<Done | undefined> {
  const configured = isGiven(config) ? await configure(repl, config) : undefined;
  const chosen = await portalFor(portal, USUAL_FORM, configured?.settings, probe.platform);
  const mdnsName = mdnsNameOf(configured?.settings, probe.platform);
  const wanted = { portal: chosen, config: configured?.settings.size ? configured.file : undefined, app };
  const [manifest = ''] = likelyManifests(wanted);
  const files = [...wanted.portal, ...(wanted.config ? [wanted.config] : []), ...(wanted.app ?? [])];
  const contents = files.map(({ bytes }) => bytes);
  if (!isUpToDate(probe, manifest, contents)) return undefined;
  const settings = configured && shownSettings(configured.settings);
  const nothing = {
    filesSent: 0,
    bytes: 0,
    sentBytes: 0,
    sent: [],
    removed: [],
    kept: {},
    settings,
    mdnsName,
  };
  return {
    isNothing: true,
    main: 'portal',
    fields: { form: USUAL_FORM, version: probe.version, ...nothing },
  };
}

async function bringUpToDate(
  session: BoardSession,
  probe: ProbeResult,
  bundle: PortalBundle,
  options: InstallOptions,
): Promise<Done> {
  const { onProgress = () => {}, dryRun = false, config, main: mainMode = 'keep' } = options;
  const known = likelyManifests({ portal: bundle[USUAL_FORM], config: undefined, app: options.app });
  const appFolders = foldersOf((options.app ?? []).map(({ path }) => path));
  const facts = await recoverInterruptedInstall(session, probe, known, appFolders, !dryRun);
  const { repl } = session;
  if (facts.machineWithoutWifi !== '') throw withoutWifi(facts.machineWithoutWifi, session.portName);
  const form = bundleFormFor(facts.mpy);
  const app = form === USUAL_FORM || !options.appFor ? options.app : await options.appFor(form);
  const { version, platform, freeHeapBytes, freeSpaceBytes } = facts;
  onProgress({ event: 'board', version, platform, form, freeHeapBytes, freeSpaceBytes });
  // Only now: an earlier run may have been completed just before.
  const hasConfig =
    facts.installed.some(({ path }) => path === CONFIG_FILE) || facts.otherNames.includes(CONFIG_FILE);
  const configured = isGiven(config) || hasConfig ? await configure(repl, config ?? {}) : undefined;
  checkButton(configured?.settings, platform);
  const wanted = { config: configured?.isThere ? undefined : configured?.file, app, mainMode };
  const foreignMain = wanted.mainMode === 'append' ? await readMain(repl, facts) : undefined;
  const portal = await portalFor(bundle[form], form, configured?.settings, platform);
  const plan = planInstall({ ...wanted, portal }, facts, foreignMain);
  const settings = configured && shownSettings(configured.settings);
  if (dryRun && !plan.isNothing) {
    onProgress({ event: 'step', step: 'check-space' }); // the upload begins with it
    await checkRoom(repl, facts, stagedFiles(plan), app);
  }
  const sentBytes = dryRun || plan.isNothing ? 0 : await upload(session, plan, facts, { ...options, app });
  return {
    isNothing: plan.isNothing,
    main: plan.main,
    fields: describe(plan, {
      ...{ form, version, sentBytes, settings },
      mdnsName: mdnsNameOf(configured?.settings, platform),
    }),
  };
}

async function readMain(repl: RawRepl, facts: BoardFacts): Promise<Uint8Array | undefined> {
  if (facts.mainStartsPortal) return undefined;
  return readBoardFile(repl, MAIN_FILE);
}

async function upload(
  session: BoardSession,
  plan: InstallPlan,
  facts: BoardFacts,
  { app, signal, uploadBaudRate, onProgress = () => {} }: InstallOptions,
): Promise<number> {
  const files = stagedFiles(plan);
  onProgress({ event: 'step', step: 'upload' });
  await checkRoom(session.repl, facts, files, app);
  const startedAt = performance.now();
  const { sentBytes } = await applyPlan(session.repl, facts, files, plan.commit, {
    signal,
    uploadBaudRate,
    onBytes: (doneBytes, totalBytes) => {
      const elapsedMs = performance.now() - startedAt;
      onProgress(bytesEvent({ step: 'upload', doneBytes, totalBytes, elapsedMs }));
    },
    onCommit: () => {
      session.leaves = 'The board runs the old version or the new one, never a mixture.';
    },
  });
  session.leaves = 'The new files are in place.';
  for (const { path, bytes } of plan.sent) onProgress({ event: 'file', path, sizeBytes: bytes.length });
  return sentBytes;
}

/** A board that has committed new files restarts; its REPL is entered again before main.py runs. */
async function leaveAtPrompt(
  session: BoardSession,
  done: Done,
  { dryRun = false, onProgress = () => {} }: InstallOptions,
): Promise<Untouched | AtPrompt> {
  if (!dryRun && !done.isNothing) {
    onProgress({ event: 'step', step: 'enter-repl' });
    await session.enterThroughReset();
  }
  await session.repl[Symbol.asyncDispose]();
  return { state: dryRun ? 'untouched' : 'at-prompt', ...linesToAdd(done) };
}

/** Where the user's main.py is kept and does not start the portal. */
function linesToAdd({ main }: Done): { readonly mainLines: readonly string[] } | undefined {
  return main === 'without-portal' ? { mainLines: PORTAL_LINES.trim().split('\n') } : undefined;
}

async function start(
  port: Port,
  done: Done,
  { dryRun, readyTimeoutMs, log, signal, onLog }: InstallOptions,
): Promise<PortalStart | WithoutPortal | Untouched> {
  const without = linesToAdd(done);
  if (dryRun) return { state: 'untouched', ...without };
  if (without) return { state: 'without-portal', ...without };
  const runsBefore = done.main === 'portal' ? 'boot.py' : 'boot.py or main.py';
  try {
    return await startPortal(log ?? new BoardLog(port), port.name, {
      timeoutMs: readyTimeoutMs,
      runsBefore,
      signal,
      onLog,
    });
  } catch (error) {
    const earlier = done.fields.kept[MAIN_FILE];
    if (earlier === undefined || !(error instanceof PortalError)) throw error;
    throw error.with({ adds: `Your earlier main.py is ${earlier} on the board.` });
  }
}

function describe(
  plan: InstallPlan,
  how: Pick<Installed, 'form' | 'version' | 'sentBytes' | 'settings' | 'mdnsName'>,
): Installed {
  return {
    ...how,
    filesSent: plan.sent.length,
    bytes: plan.sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
    sent: plan.sent.map(({ path }) => path),
    removed: plan.removed,
    kept: Object.fromEntries(plan.kept),
  };
}
