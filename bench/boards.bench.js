// Many boards at once from one process, which must not delay each other: flashed at the speed of a chip, by forEachBoard.
import { checkFirmware, flash, forEachBoard, openPort } from 'esp-portal';
import { bestOf, figure } from './figure.js';
import { busyFactor } from './program.js';
import { releaseImage } from './release-image.js';

/** Supported by every adapter, and by this computer 16 times. */
const BAUD_RATE = 115200;
const IMAGE_BYTES = 130_000;
/** Boards, and the most that their wall time may be of that of one on two cores. */
const LIMITS = [
  [4, 1.3],
  [8, 1.3],
  [16, 1.5],
];

/** Yields the time of many against that of one. */
export async function* bench() {
  const busy = await busyFactor();
  const firmware = checkFirmware(releaseImage(IMAGE_BYTES), 'image');
  let round = 0;
  const flashMany = (count) => {
    round++;
    return flashAll(
      Array.from({ length: count }, (_, index) => `virtual:many-${round}-${index}?http=0&dns=0`),
      firmware,
    );
  };
  const one = await flashMany(1);
  yield figure('flash of 1 board', one.milliseconds / 1000, 's', { note: perBoard(one, 1) });
  for (const [count, limit] of LIMITS) {
    yield await bestOf(2, async () => {
      const all = await flashMany(count);
      return figure(`flash of ${count} boards`, all.milliseconds / one.milliseconds, '× that of one', {
        atMost: 1 + (limit - 1) * busy,
        note: `${seconds(all.milliseconds)}; ${perBoard(all, count)}`,
      });
    });
  }
}

/** From connecting to the restart, once all have power. Starts are not staggered: only what boards cost each other counts. */
async function flashAll(names, firmware) {
  const ports = new Map(await Promise.all(names.map(async (name) => [name, await openPort(name)])));
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  let endMs = 0;
  const results = await forEachBoard(
    names,
    (board) => flash(ports.get(board.board), { ...board, firmware, baudRate: BAUD_RATE }),
    {
      staggerMs: 0,
      onEvent: ({ event, step }) => {
        if (event === 'step' && step === 'restart') endMs = performance.now();
      },
    },
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  await Promise.all([...ports.values()].map((port) => port[Symbol.asyncDispose]()));
  for (const { error } of results) if (error) throw error;
  return { milliseconds: endMs - start, cpuMs: (user + system) / 1000 };
}

function perBoard({ cpuMs }, count) {
  return `${seconds(cpuMs / count)} of CPU a board`;
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
