// How long install takes on a 115200 baud line with a 255-byte receive buffer, against the time that its bytes need.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkFirmware, flash, install, openPort } from '../dist/index.js';
import { virtualBoard } from '../dist/virtual-board/open.js';

const BYTES_PER_MS = 11.52;
const BOARD = 'virtual:install?http=0&dns=0';
const PROGRAM = fileURLToPath(new URL('../bin/esp-portal.js', import.meta.url));

/** Yields a line for each kind of installation. */
export async function* bench() {
  const board = await openPort(BOARD);
  await flash(board, { firmware: checkFirmware(virtualBoard('virtual:').ownFirmware, 'own firmware') });
  await board[Symbol.asyncDispose]();
  const { address, stop } = await pluggedIn();
  try {
    const fresh = await measure(address, {});
    const limit = 1.3 * (fresh.result.sentBytes / BYTES_PER_MS) + 400;
    yield `${line('fresh', fresh)}, limit ${Math.min(limit, 1200).toFixed(0)} ms`;
    yield `${line('unchanged', await measure(address, {}))}, limits 500 ms and 1000 bytes`;
    const content = randomBytes(40 * 1024);
    const app = await measure(address, { app: [{ path: 'blob.bin', bytes: content }] });
    const rate = (100 * app.result.sentBytes) / BYTES_PER_MS / (app.transferEndMs - app.transferStartMs);
    yield `${line('40 KB that cannot be compressed', app)}: ${rate.toFixed(1)} % of the wire's rate while it is sent, limit 95 %`;
  } finally {
    stop();
  }
}

/** A board that runs, as one that is plugged in does, in a process of its own: it computes while the tool does. */
async function pluggedIn() {
  const child = spawn(
    process.execPath,
    [PROGRAM, 'simulate', '--port', BOARD, '--listen', '127.0.0.1:0', '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const text of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(text);
    if (!url?.startsWith('rfc2217:')) continue;
    await started(url);
    return { address: url, stop: () => child.kill() };
  }
  throw new Error('The virtual board ended.');
}

/** It has come up: it answers a line end. */
async function started(address) {
  const port = await openPort(address);
  const decoder = new TextDecoder();
  for (let said = ''; !said.includes('>>> '); ) {
    await port.write(Buffer.from('\r'));
    const bytes = await port.read({ timeoutMs: 100 });
    said += decoder.decode(bytes, { stream: true });
  }
  await port[Symbol.asyncDispose]();
}

/** From the opening of the port to the commit. */
async function measure(address, options) {
  const start = performance.now();
  const port = counting(await openPort(address));
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
    hasLines: port.hasLines,
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
