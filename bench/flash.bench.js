// flash: whole commands from the start of the process to its exit, and their parts, against what the line and the flash
// chip need; and the exchange compared with that of esptool.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { checkFirmware, flash, openPort } from 'esp-portal';
import { esptoolTurns } from './esptool.js';
import { described, recording, replay, totals, wireMs } from './exchange.js';
import { bestOf, figure } from './figure.js';
import { digestMs, flashMs } from './flash-chip.js';
import { busyFactor, command, withBoard } from './program.js';
import { releaseImage } from './release-image.js';

/** Reset, ROM and stub before the first block; MD5, restart and MicroPython's banner after the last. */
const REST_MS = 2600;
/** Processes that start and code that is loaded. */
const SLACK_MS = 900;
/** Of the physical minimum: a regression of 10 % is over it. The line hardly waits for a busy computer. */
const slackShare = (busy) => 0.06 + 0.01 * busy;
/** Of these, 42 are pages of the node binary itself; Node.js alone takes 40. */
const MEMORY_MB = 60;
const TRIES = 3;

/** From connecting to verified, of the times of line and flash added up: they overlap, the rest takes what that saves. */
const VERIFIED_SHARE = { 460800: 1.05, 921600: 1.1 };
/** From connecting to the banner, where nothing is written, beside the MD5 of what is there: 2500 ms on an idle machine. */
const sameAgainMs = (busy) => 2000 + 500 * busy;
/** What computing may keep the line waiting. */
const LATE_MS = 20;

/** Yields figures for each baud rate. */
export async function* bench() {
  const busy = await busyFactor();
  const image = releaseImage();
  const file = join(process.env.ESP_PORTAL_STATE_DIR, 'release.bin');
  await writeFile(file, image);
  for (const baudRate of [460800, 921600]) {
    const parts = await bestOf(TRIES, () => writeStep(image, baudRate, busy));
    yield parts;
    yield verified(parts, image.length, baudRate);
    yield figure(`event loop while writing at ${baudRate} baud`, parts.lateMs, 'ms late', {
      atMost: LATE_MS * busy,
    });
    if (baudRate === 460800) yield await besideEsptool(parts, baudRate);
    yield await bestOf(TRIES, () => wholeCommand(file, baudRate, limitSeconds(parts.minimumMs, busy)));
  }
  yield* await sameAgain(file, busy);
}

/** From the first block to the last acknowledgement. */
async function writeStep(image, baudRate, busy) {
  const { at, turns, exchange, lateMs } = await withBoard(freshBoard(), (address) =>
    steps(address, image, baudRate),
  );
  // Receiving and writing overlap: what is slower takes its whole time, the other one block at its end.
  const line = wireMs(turns);
  const chip = flashMs(image.length);
  const minimumMs = Math.max(line + chip / turns.length, chip + line / turns.length);
  const parts = [
    seconds(at.verify - at.write),
    `${seconds(at.write - at['enter-loader'])} before`,
    `${seconds(at.restart - at.verify)} to verify`,
  ];
  const shown = figure(`write at ${baudRate} baud`, (at.verify - at.write) / minimumMs, '× line and flash', {
    atMost: 1 + slackShare(busy),
    note: parts.join(', '),
  });
  const verifiedMs = at.restart - at['enter-loader'];
  return { ...shown, minimumMs, exchange, verifiedMs, lateMs, line, compressedBytes: compressedBytes(turns) };
}

function verified({ verifiedMs, line }, imageBytes, baudRate) {
  const chip = flashMs(imageBytes);
  return figure(`connect to verified at ${baudRate} baud`, verifiedMs / (line + chip), '× line plus flash', {
    atMost: VERIFIED_SHARE[baudRate],
    note: `${seconds(verifiedMs)}, line ${seconds(line)}, flash ${seconds(chip)}`,
  });
}

/** When each step began, and what went over the line until the restart. */
async function steps(address, image, baudRate) {
  const port = recording(await openPort(address));
  const at = {};
  const exchange = [];
  let turns = [];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await flash(port, {
    firmware: checkFirmware(image, 'release'),
    baudRate,
    onProgress: ({ event, step }) => {
      if (event !== 'step') return;
      at[step] = performance.now();
      const taken = port.takeTurns();
      exchange.push(...taken);
      if (step === 'write') delay.enable();
      if (step !== 'verify') return;
      delay.disable();
      turns = taken;
    },
  });
  await port[Symbol.asyncDispose]();
  return { at, turns, exchange, lateMs: delay.max / 1e6 };
}

async function besideEsptool({ exchange, compressedBytes: bytes }, baudRate) {
  const theirs = esptoolTurns(bytes, baudRate);
  return bestOf(TRIES, async () => {
    const [oursMs, theirsMs] = await Promise.all([replay(exchange), replay(theirs)]);
    return figure('exchange of flash on a line', oursMs / theirsMs, '× that of esptool 5.3.1', {
      atMost: 1.02,
      note: `${seconds(oursMs)}, ${described(totals(exchange))}; esptool ${seconds(theirsMs)}, ${described(totals(theirs))}`,
    });
  });
}

async function wholeCommand(file, baudRate, atMost) {
  const run = await withBoard(freshBoard(), (address) =>
    command('flash', '--port', address, '--firmware', file, '--baud', String(baudRate)),
  );
  return figure(`esp-portal flash, ${baudRate} baud`, run.milliseconds / 1000, 's', {
    atMost,
    note: `${run.maxRssMb.toFixed(0)} MB`,
  });
}

async function sameAgain(file, busy) {
  return withBoard(freshBoard(), async (address) => {
    const again = () => command('flash', '--port', address, '--firmware', file);
    const { maxRssMb } = await again();
    const time = await bestOf(TRIES, async () => {
      const run = await again();
      if (!run.result.skipped) throw new Error('It was written again.');
      return figure('esp-portal flash, the same image again', run.milliseconds / 1000, 's', {
        atMost: limitSeconds(0, busy),
      });
    });
    const toBanner = await bestOf(TRIES, () => bannerOf(address, file, sameAgainMs(busy)));
    return [figure('memory of esp-portal flash', maxRssMb, 'MB', { atMost: MEMORY_MB }), time, toBanner];
  });
}

/** The operation alone, without the process around it. */
async function bannerOf(address, file, atMost) {
  const firmware = checkFirmware(await readFile(file), 'release');
  const port = await openPort(address);
  const start = performance.now();
  const { skipped } = await flash(port, { firmware });
  const milliseconds = performance.now() - start;
  await port[Symbol.asyncDispose]();
  if (!skipped) throw new Error('It was written again.');
  const verifyMs = digestMs(firmware.bytes.length);
  return figure('connect to banner, the same image again, without its MD5', milliseconds - verifyMs, 'ms', {
    atMost,
    note: `MD5 ${verifyMs.toFixed(0)} ms`,
  });
}

let boards = 0;
const freshBoard = () => `virtual:flash-${boards++}?http=0&dns=0`;

/** Without headers: 24 bytes and 2 of framing a block. */
function compressedBytes(turns) {
  const blocks = turns.filter(({ up }) => up > 1000);
  return Math.round(blocks.reduce((total, { up }) => total + up - 26, 0) / (1 + 2 / 256));
}

function limitSeconds(minimumMs, busy) {
  return (minimumMs + REST_MS + slackShare(busy) * minimumMs + SLACK_MS * busy) / 1000;
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
