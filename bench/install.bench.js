// How long install takes on a 115200 baud line with a 255-byte receive buffer, against the time that its bytes need.
import { randomBytes } from 'node:crypto';
import { checkFirmware, flash, install, openPort } from '../dist/index.js';

const BYTES_PER_MS = 11.52;
const BOARD = 'virtual:install?http=0&dns=0';

/** Yields a line for each kind of installation. */
export async function* bench() {
  const board = await openPort(BOARD);
  await flash(board, { firmware: checkFirmware(board.ownFirmware, 'own firmware') });
  await board[Symbol.asyncDispose]();
  const fresh = await measure({});
  const limit = 1.3 * (fresh.result.sentBytes / BYTES_PER_MS) + 400;
  yield `${line('fresh', fresh)}, limit ${Math.min(limit, 1200).toFixed(0)} ms`;
  yield `${line('unchanged', await measure({}))}, limits 500 ms and 1000 bytes`;
  const content = randomBytes(40 * 1024);
  const app = await measure({ app: [{ path: 'blob.bin', bytes: content }] });
  const rate = (100 * app.result.sentBytes) / BYTES_PER_MS / (app.transferEndMs - app.transferStartMs);
  yield `${line('40 KB that cannot be compressed', app)}: ${rate.toFixed(1)} % of the wire's rate while it is sent, limit 95 %`;
}

/** From the opening of the port to the commit. The virtual board gets its power when it is opened: its start counts too. */
async function measure(options) {
  const start = performance.now();
  const port = counting(await openPort(BOARD));
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
      Object.assign(marks, port.counts());
    },
  });
  await port[Symbol.asyncDispose]();
  return { ...marks, result };
}

function line(what, { milliseconds, up, down, turns, result }) {
  return `${what}: ${milliseconds.toFixed(0)} ms, ${result.bytes} bytes as ${result.sentBytes}; on the wire ${up} up, ${down} down, ${turns} round trips`;
}

/** The port, with what goes over it counted. A round trip is a wait for an answer with nothing under way. */
function counting(port) {
  let [up, down, turns] = [0, 0, 0];
  let lastWasWrite = false;
  return {
    name: port.name,
    get baudRate() {
      return port.baudRate;
    },
    async read(options) {
      const bytes = await port.read(options);
      down += bytes?.length ?? 0;
      if (bytes && lastWasWrite) turns += 1;
      if (bytes) lastWasWrite = false;
      return bytes;
    },
    unread(bytes) {
      down -= bytes.length;
      port.unread(bytes);
    },
    discardInput: () => port.discardInput(),
    write(bytes) {
      up += bytes.length;
      lastWasWrite = true;
      return port.write(bytes);
    },
    setLines: (lines) => port.setLines(lines),
    setBaudRate: (baudRate) => port.setBaudRate(baudRate),
    [Symbol.asyncDispose]: () => port[Symbol.asyncDispose](),
    counts: () => ({ up, down, turns }),
  };
}
