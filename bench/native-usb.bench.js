// flash over the chip's own USB port: the share of the rate that the model of port and flash chip allows.
import { checkFirmware, flash, openPort } from 'esp-portal';
import { virtualBoard } from 'esp-portal/virtual-board';
import { recording } from './exchange.js';
import { bestOf, figure } from './figure.js';
import { areaMs } from './flash-chip.js';
import { esp32ReleaseImage } from './release-image.js';

/** What the virtual port carries: full speed. */
const BYTES_PER_SECOND = 800_000;
const LEAST_SHARE = 0.95;
const TRIES = 3;

const KINDS = [
  ['esp32c3', 'serial-jtag'],
  ['esp32s2', 'otg'],
];

/** Yields a figure for each kind of port. */
export async function* bench() {
  for (const [chip, usb] of KINDS) yield await bestOf(TRIES, () => writeStep(chip, usb));
}

let boards = 0;

/** From the first block to the last acknowledgement. */
async function writeStep(chip, usb) {
  const address = `virtual:usb-${boards++}?chip=${chip}&usb=${usb}&http=0&dns=0`;
  const small = checkFirmware(virtualBoard(address).ownFirmware, 'small');
  const firmware = checkFirmware(esp32ReleaseImage(small.bytes, small.offset), 'release');
  const { ms, turns } = await steps(address, firmware);
  const bytes = turns.reduce((total, { up, down }) => total + up + down, 0);
  const line = (1000 * bytes) / BYTES_PER_SECOND;
  const chipMs = areaMs(firmware.offset, firmware.bytes.length);
  // They overlap: what is slower takes its whole time, the other one block at its end.
  const minimumMs = Math.max(line + chipMs / turns.length, chipMs + line / turns.length);
  return figure(`write over ${usb} of an ${chip}`, ms / minimumMs, '× port and flash', {
    atMost: 1 / LEAST_SHARE, // both wait for timers: it holds on a busy machine, too
    note: `${((100 * minimumMs) / ms).toFixed(1)} % of the model's rate; ${(ms / 1000).toFixed(2)} s, port ${(line / 1000).toFixed(2)} s, flash ${(chipMs / 1000).toFixed(2)} s`,
  });
}

async function steps(address, firmware) {
  const port = recording(await openPort(address));
  const at = {};
  let turns = [];
  await flash(port, {
    firmware,
    onProgress: ({ event, step }) => {
      if (event !== 'step') return;
      at[step] = performance.now();
      const taken = port.takeTurns();
      if (step === 'verify') turns = taken;
    },
  });
  await port[Symbol.asyncDispose]();
  return { ms: at.verify - at.write, turns };
}
