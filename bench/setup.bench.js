// setup of a blank board with 4 MB: one pass against the line and the flash chip, and against the two steps of flash and
// install in the same run.
import { checkFirmware, openPort, setup } from 'esp-portal';
import { recording, wireMs } from './exchange.js';
import { figure } from './figure.js';
import { areaMs, flashMs } from './flash-chip.js';
import { busyFactor, withBoard } from './program.js';
import { releaseImage } from './release-image.js';

const BAUD_RATE = 460800;
const FILES_AT = 0x100000;
const BLOCK_BYTES = 4096;
/** Blocks beside those of the portal's files: the root folder's pair, the list of files, boot.py. */
const OTHER_BLOCKS = 4;
/** From the first block to the verified flash, of the times of line and flash added up. */
const SHARE = 1.1;
/** At these steps, what went over the line since the first block is taken. */
const WRITING = ['verify', 'write-files', 'restart'];

/** Yields both figures. */
export async function* bench() {
  const busy = await busyFactor();
  const image = releaseImage(undefined, 'v1.27.0 on 2025-12-09\0\0ESP8266_GENERIC');
  const onePass = await measure(image, true);
  const twoSteps = await measure(image, false);
  const chipMs = flashMs(image.length) + areaMs(FILES_AT, onePass.filesBytes);
  yield figure(
    'one pass, first block to verified',
    onePass.writtenMs / (onePass.lineMs + chipMs),
    '× line plus flash',
    {
      atMost: SHARE * (0.95 + 0.05 * busy),
      note: `${seconds(onePass.writtenMs)}, line ${seconds(onePass.lineMs)}, flash ${seconds(chipMs)}`,
    },
  );
  yield figure('one pass, blank to portal.ready', onePass.totalMs / twoSteps.totalMs, '× flash and install', {
    atMost: 1,
    note: `${seconds(onePass.totalMs)} against ${seconds(twoSteps.totalMs)}`,
  });
}

async function measure(image, filesInFlash) {
  return withBoard(`virtual:setup-${filesInFlash}?http=0&dns=0`, async (address) => {
    const port = recording(await openPort(address));
    const at = {};
    let lineMs = 0;
    let blocks = OTHER_BLOCKS;
    const startedAt = performance.now();
    const result = await setup(port, {
      firmware: checkFirmware(image, 'release'),
      baudRate: BAUD_RATE,
      filesInFlash,
      onProgress: ({ event, step, sizeBytes }) => {
        if (event === 'file') blocks += Math.ceil(sizeBytes / BLOCK_BYTES);
        if (event !== 'step') return;
        at[step] ??= performance.now();
        const taken = port.takeTurns();
        if (WRITING.includes(step)) lineMs += wireMs(taken);
      },
    });
    const totalMs = performance.now() - startedAt;
    await port[Symbol.asyncDispose]();
    if (result.filesInFlash !== filesInFlash) throw new Error('the files went the other way');
    return { totalMs, lineMs, writtenMs: at.restart - at.write, filesBytes: blocks * BLOCK_BYTES };
  });
}

function seconds(ms) {
  return `${(ms / 1000).toFixed(2)} s`;
}
