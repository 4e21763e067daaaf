// install: puts the portal and the user's program on a board, all or nothing, and waits until the portal is ready.

import {
  type BundleFile,
  type BundleForm,
  bundleFormFor,
  type PortalBundle,
  readPortalBundle,
} from '../bundle/portal-bundle.js';
import { CONFIG_FILE, type PortalConfig, portalConfigFile } from '../bundle/portal-config.js';
import { BoardFiles } from '../device/board-files.js';
import type { BoardFacts } from '../device/board-facts.js';
import { RawRepl } from '../device/raw-repl.js';
import { BoardLog } from '../log/board-log.js';
import type { LogEntry } from '../log/events.js';
import type { OnProgress } from '../progress.js';
import type { Port } from '../serial/port.js';
import { applyPlan, checkRoom, enterSettled } from './apply-plan.js';
import { type InstallPlan, likelyManifests, type MainMode, planInstall, stagedFiles } from './plan-install.js';
import { type PortalStart, startPortal } from './start-portal.js';

export interface InstallOptions {
  /** What the portal is set to; left out, a configuration on the board stays. */
  config?: PortalConfig | undefined;
  /** The user's program, see readAppFolder; left out, one on the board stays. */
  app?: readonly BundleFile[] | undefined;
  /** What to do with a main.py that is not ours; `keep` unless told otherwise. */
  main?: MainMode | undefined;
  /** Find out what would be done, and do none of it. */
  dryRun?: boolean | undefined;
  /** Another build of the portal than the one that comes with this package. */
  portal?: PortalBundle | undefined;
  /** How long the portal may take to report, in milliseconds. */
  readyTimeoutMs?: number | undefined;
  /** The log of this port, when somebody goes on reading it afterwards. */
  log?: BoardLog | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress | undefined;
  /** Told what the board prints while the portal starts. */
  onLog?: ((entry: LogEntry) => void) | undefined;
}

/** `waiting`: a main.py that does not start the portal was kept. `untouched`: it was only to be found out. */
type NotStarted = { readonly state: 'waiting' | 'untouched'; readonly ssid?: undefined; readonly url?: undefined };

export type InstallResult = (PortalStart | NotStarted) & {
  /** How the portal's modules were sent. */
  readonly form: BundleForm;
  /** MicroPython on the board. */
  readonly version: string;
  /** Files whose content was sent, and their size. */
  readonly filesSent: number;
  readonly bytes: number;
  /** Of what went over the wire for them, after compression. */
  readonly sentBytes: number;
  /** Paths that were sent, removed, and kept under another name because they are not ours. */
  readonly sent: readonly string[];
  readonly removed: readonly string[];
  readonly kept: Readonly<Record<string, string>>;
};

/**
 * Uploads what has changed and restarts the board.
 * @throws PortalError `repl-…`, `usage` for a configuration that cannot work, `transfer-failed`, `board-…`,
 *   `portal-silent`, `timeout`, `port-lost`; the signal's reason
 */
export async function install(port: Port, options: InstallOptions = {}): Promise<InstallResult> {
  const { signal, onProgress = () => {}, main = 'keep', app } = options;
  const configBytes = portalConfigFile(options.config ?? {});
  const config = configBytes && { path: CONFIG_FILE, bytes: configBytes };
  const bundle = options.portal ?? (await readPortalBundle());
  const known = Object.values(bundle).flatMap((portal) => likelyManifests({ portal, config, app }));

  onProgress({ event: 'step', step: 'enter-repl' });
  let repl = await RawRepl.enter(port, signal);
  let uploaded: Uploaded;
  try {
    const settled = await enterSettled(repl, () => RawRepl.enter(port, signal), known);
    repl = settled.repl;
    const form = bundleFormFor(settled.facts.mpy);
    onProgress({
      event: 'board',
      version: settled.facts.version,
      platform: settled.facts.platform,
      form,
      freeHeapBytes: settled.facts.freeHeapBytes,
      freeSpaceBytes: settled.facts.freeSpaceBytes,
    });
    const foreignMain = main === 'append' ? await readMain(repl, settled.facts) : undefined;
    const plan = planInstall({ portal: bundle[form], config, app, mainMode: main }, settled.facts, foreignMain);
    uploaded = { plan, form, facts: settled.facts, sentBytes: 0 };
    if (!options.dryRun && !plan.isNothing) uploaded.sentBytes = await upload(repl, uploaded, options);
    onProgress({ event: 'step', step: 'start-portal' });
    if (options.dryRun || plan.isNothing) await repl.restartBoard();
  } finally {
    await repl[Symbol.asyncDispose]();
  }
  return { ...(await start(port, uploaded.plan, options)), ...describe(uploaded) };
}

interface Uploaded {
  readonly plan: InstallPlan;
  readonly form: BundleForm;
  readonly facts: BoardFacts;
  sentBytes: number;
}

async function readMain(repl: RawRepl, facts: BoardFacts): Promise<string | undefined> {
  if (facts.mainStartsPortal) return undefined;
  const main = await (await BoardFiles.open(repl)).read('main.py');
  return main && Buffer.from(main).toString('utf8');
}

async function upload(repl: RawRepl, { plan, facts }: Uploaded, options: InstallOptions): Promise<number> {
  const { signal, onProgress = () => {} } = options;
  const files = stagedFiles(plan);
  await checkRoom(repl, facts, files);
  onProgress({ event: 'step', step: 'upload' });
  const { sentBytes } = await applyPlan(repl, facts, files, plan.commit, {
    signal,
    onBytes: (doneBytes, totalBytes) => onProgress({ event: 'bytes', step: 'upload', doneBytes, totalBytes }),
  });
  for (const { path, bytes } of plan.sent) onProgress({ event: 'file', path, sizeBytes: bytes.length });
  return sentBytes;
}

async function start(port: Port, plan: InstallPlan, options: InstallOptions): Promise<PortalStart | NotStarted> {
  if (options.dryRun) return { state: 'untouched' };
  if (plan.main === 'without-portal') return { state: 'waiting' };
  return startPortal(options.log ?? new BoardLog(port), port.name, {
    timeoutMs: options.readyTimeoutMs,
    signal: options.signal,
    onLog: options.onLog,
  });
}

function describe({ plan, form, facts, sentBytes }: Uploaded) {
  return {
    form,
    version: facts.version,
    filesSent: plan.sent.length,
    bytes: plan.sent.reduce((sum, { bytes }) => sum + bytes.length, 0),
    sentBytes,
    sent: plan.sent.map(({ path }) => path),
    removed: plan.removed,
    kept: Object.fromEntries(plan.kept),
  };
}
