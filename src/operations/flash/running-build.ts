// Which build of MicroPython runs, as it reports at its prompt, and whether that is the one that was written.

import buildNameProgram from '../../board-scripts/facts/build_name.py';
import { assemble } from '../../board-scripts/python-source.js';
import { PortalError } from '../../errors.js';
import type { FirmwareImage } from '../../esp/image/firmware-image.js';
import { buildIn } from '../../firmware/image-name.js';
import { RawRepl } from '../../micropython/raw-repl.js';
import type { Port } from '../../port/port.js';
import type { OnProgress } from '../../progress.js';

const BUILD_NAME = assemble([buildNameProgram]);
const ANSWER_TIMEOUT_MS = 10_000;

/**
 * `sys.implementation._build` of a board at its friendly prompt, which it is given back to.
 * @returns `undefined` without an answer, and for releases before 1.25
 * @throws PortalError `port-lost`; the signal's reason
 */
export async function readBuild(port: Port, signal: AbortSignal | undefined): Promise<string | undefined> {
  await using repl = await RawRepl.enterFromPrompt(port, signal);
  return repl && (await readBuildIn(repl));
}

/** @throws as readBuild */
export async function readBuildIn(repl: RawRepl): Promise<string | undefined> {
  try {
    const output = await repl.exec(BUILD_NAME, { timeoutMs: ANSWER_TIMEOUT_MS });
    return /^[\w-]{1,64}$/.exec(output.trim())?.[0];
  } catch (error) {
    if (!(error instanceof PortalError) || error.code === 'port-lost') throw error;
    return undefined;
  }
}

/**
 * Compares the build that runs with the image and with the name of its file.
 * @throws PortalError `firmware-not-running` for a build that is not in the image
 */
export function checkBuild(
  running: string | undefined,
  image: FirmwareImage,
  portName: string,
  onProgress: OnProgress,
): void {
  if (running === undefined) return;
  if (!Buffer.from(image.bytes).includes(`${running}\0`)) {
    throw new PortalError(
      'firmware-not-running',
      `The board on ${portName} runs the build ${running}, which is not in the firmware that was written.`,
    );
  }
  const asked = buildIn(image.name);
  if (asked !== undefined && asked !== running)
    onProgress({ event: 'other-build', file: image.name, asked, running });
}
