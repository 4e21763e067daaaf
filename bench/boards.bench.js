// Many boards at once from one process, which must not delay each other.
import { checkFirmware, flash, openPort } from 'esp-portal';
import { bestOf, figure } from './figure.js';
import { busyFactor } from './program.js';
import { releaseImage } from './release-image.js';

const BOARDS = 16;
/** Supported by every adapter, and by this computer 16 times. */
const BAUD_RATE = 115200;
const IMAGE_BYTES = 130_000;

/** Yields the time of many against that of one. */
export async function* bench() {
  const busy = await busyFactor();
  const firmware = checkFirmware(releaseImage(IMAGE_BYTES), 'image');
  const one = await flashAll(['one'], firmware);
  let round = 0;
  yield await bestOf(2, async () => {
    round++;
    const names = Array.from({ length: BOARDS }, (_, index) => `many-${round}-${index}`);
    const all = await flashAll(names, firmware);
    return figure(
      `flash of ${BOARDS} boards in one process`,
      all.milliseconds / one.milliseconds,
      '× that of one',
      {
        atMost: 1 + 0.5 * busy,
        note: `${seconds(one.milliseconds)} and ${seconds(all.milliseconds)}; ${seconds(all.cpuMs / BOARDS)} of CPU a board`,
      },
    );
  });
}

/** From connecting to the restart, once all have power. */
async function flashAll(names, firmware) {
  const ports = await Promise.all(names.map((name) => openPort(`virtual:${name}?http=0&dns=0`)));
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let endMs = 0;
  await Promise.all(
    ports.map((port) =>
      flash(port, {
        firmware,
        baudRate: BAUD_RATE,
        onProgress: ({ event, step }) => {
          if (event === 'step' && step === 'restart') endMs = performance.now();
        },
      }),
    ),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  await Promise.all(ports.map((port) => port[Symbol.asyncDispose]()));
  return { milliseconds: endMs - start, cpuMs: (user + system) / 1000 };
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
