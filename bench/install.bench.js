// install: whole commands from the start of the process to its exit, and their parts, on a 115200 baud line with a
// 255-byte receive buffer, against the time that the bytes need; and the exchange compared with that of mpremote.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install, openPort } from 'esp-portal';
import { described, recording, replay, totals } from './exchange.js';
import { bestOf, figure } from './figure.js';
import { mpremoteTurns } from './mpremote.js';
import { busyFactor, command, prompt, withBoard } from './program.js';
import { releaseImage } from './release-image.js';

const BYTES_PER_MS = 11.52;
/** Of these, 42 are pages of the node binary itself; Node.js alone takes 40. */
const MEMORY_MB = 60;
const UPLOAD_BAUD_RATE = 460800;
const TRIES = 3;
const SMALL_IMAGE_BYTES = 100_000;
/** What a fresh installation sends may only become less. */
const FRESH_BYTES = 13_850;
/** What the board takes: its restart, and the portal's start until it is ready. */
const BOARD_SECONDS = 0.7;
/** Processes that start and code that is loaded; the board unpacks and compares what it got. */
const SLACK_SECONDS = { fresh: 0.5, unchanged: 0.3 };

/** Yields figures for each kind of installation. */
export async function* bench() {
  const busy = await busyFactor();
  yield* await onBoard('install-command', (address) => commands(address, busy));
  yield* await onBoard('install-parts', (address) => parts(address, busy));
  yield* await onBoard('install-uzlib', (address) => beforeDeflate(address, busy), 'v1.19.1 on 2022-06-18');
}

/** A board with MicroPython and nothing else. */
async function onBoard(name, action, version) {
  const board = `virtual:${name}?http=0&dns=0`;
  const image = join(process.env.ESP_PORTAL_STATE_DIR, `${name}.bin`);
  writeFileSync(image, releaseImage(SMALL_IMAGE_BYTES, version));
  await command('flash', '--port', `${board}&speed=max`, '--firmware', image);
  return withBoard(board, async (address) => {
    await prompt(address);
    return action(address);
  });
}

async function commands(address, busy) {
  const run = async () => {
    await command('uninstall', '--port', address);
    await prompt(address); // it has started again, as a board that has power for a while
    return command('install', '--port', address);
  };
  const fresh = await bestOf(TRIES, async () => {
    const { milliseconds, maxRssMb } = await run();
    const shown = figure('esp-portal install', milliseconds / 1000, 's', {
      atMost: BOARD_SECONDS + FRESH_BYTES / BYTES_PER_MS / 1000 + SLACK_SECONDS.fresh * busy,
    });
    return { ...shown, maxRssMb };
  });
  const unchanged = await bestOf(TRIES, async () => {
    const { milliseconds } = await command('install', '--port', address);
    return figure('esp-portal install, unchanged', milliseconds / 1000, 's', {
      atMost: BOARD_SECONDS + SLACK_SECONDS.unchanged * busy,
    });
  });
  return [
    fresh,
    figure('memory of esp-portal install', fresh.maxRssMb, 'MB', { atMost: MEMORY_MB }),
    unchanged,
  ];
}

async function parts(address, busy) {
  const fresh = await bestOf(TRIES, async () => {
    await command('uninstall', '--port', address);
    await prompt(address);
    const { milliseconds, result, turns } = await measure(address, {});
    const exchanged = totals(turns);
    const shown = figure(
      'parts, fresh: to the commit',
      milliseconds / exchanged.wireMs,
      '× its bytes on the line',
      {
        atMost: 1 + 0.12 * busy,
        note: `${milliseconds.toFixed(0)} ms; ${result.bytes} bytes as ${result.sentBytes}; ${described(exchanged)}`,
      },
    );
    return { ...shown, turns, sentBytes: exchanged.up };
  });
  const files = filesOf('install-parts');
  const unchanged = await bestOf(TRIES, async () => {
    const { milliseconds, turns } = await measure(address, {});
    const { up, ...rest } = totals(turns);
    const shown = figure('parts, unchanged: to the restart', milliseconds, 'ms', {
      atMost: 400 + 100 * busy,
      note: described({ up, ...rest }),
    });
    return { ...shown, sentBytes: up };
  });
  return [
    fresh,
    figure('parts, fresh: sent', fresh.sentBytes, 'bytes', { atMost: FRESH_BYTES }),
    unchanged,
    figure('parts, unchanged: sent', unchanged.sentBytes, 'bytes', { atMost: 1000 }),
    await bestOf(TRIES, () => incompressible(address)),
    await bestOf(TRIES, () => large(address, busy)),
    await besideMpremote(fresh.turns, files),
  ];
}

/** Firmware with `uzlib`. */
async function beforeDeflate(address, busy) {
  const { milliseconds, result, turns } = await measure(address, {});
  return [
    figure('parts, MicroPython 1.19: to the commit', milliseconds / 1000, 's', {
      atMost: 1.1 + 0.5 * busy,
      note: `${result.form}; ${described(totals(turns))}`,
    }),
  ];
}

/** Other content each time, so that it is sent. */
async function incompressible(address) {
  const { result, transferStartMs, transferEndMs } = await measure(address, {
    app: [{ path: 'blob.bin', bytes: randomBytes(40 * 1024) }],
    uploadBaudRate: 115200,
  });
  const rate = (100 * result.sentBytes) / BYTES_PER_MS / (transferEndMs - transferStartMs);
  return figure('40 KB that cannot be compressed', rate, "% of the line's rate", { atLeast: 95 });
}

/** At the faster rate; a busy machine hands on each acknowledgement later. */
async function large(address, busy) {
  const { result, transferStartMs, transferEndMs } = await measure(address, {
    app: [{ path: 'blob.bin', bytes: randomBytes(150_000) }],
  });
  const milliseconds = transferEndMs - transferStartMs;
  const wireMs = (result.sentBytes * 10_000) / UPLOAD_BAUD_RATE;
  return figure(
    '150 KB that cannot be compressed',
    milliseconds / wireMs,
    `× the line's time at ${UPLOAD_BAUD_RATE} baud`,
    {
      atMost: 1.2 + 0.3 * (busy - 1),
      note: `${(milliseconds / 1000).toFixed(2)} s for ${result.sentBytes} bytes`,
    },
  );
}

/** The same files, as they are on the board. */
async function besideMpremote(ours, files) {
  const theirs = mpremoteTurns(files);
  const [oursMs, theirsMs] = await Promise.all([replay(ours), replay(theirs)]);
  return figure('exchange of install on a line', oursMs / theirsMs, '× that of mpremote 1.29', {
    atMost: 0.5,
    note: `${oursMs.toFixed(0)} ms, ${described(totals(ours))}; mpremote ${theirsMs.toFixed(0)} ms, ${described(totals(theirs))}`,
  });
}

function filesOf(board) {
  const folder = join(process.env.ESP_PORTAL_STATE_DIR, 'virtual', board, 'files');
  return readdirSync(folder, { recursive: true })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map((path) => ({ path, bytes: readFileSync(join(folder, path)) }));
}

/** From the opening of the port to the restart. */
async function measure(address, options) {
  const start = performance.now();
  const port = recording(await openPort(address));
  const marks = {};
  const result = await install(port, {
    ...options,
    onProgress: (event) => {
      if (event.event === 'bytes') {
        marks.transferStartMs ??= performance.now();
        marks.transferEndMs = performance.now();
      }
      if (event.event !== 'step' || event.step !== 'start-portal') return;
      marks.milliseconds = performance.now() - start;
      marks.turns = port.takeTurns();
    },
  });
  await port[Symbol.asyncDispose]();
  return { ...marks, result };
}
