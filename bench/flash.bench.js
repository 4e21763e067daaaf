// From connecting to verified, against the wire time of the compressed bytes and the time that the flash chip needs.
// The image is as large as a release and compresses to the same 66 to 70 %: runs of 64 random bytes and of 32 equal
// ones. Flash times are the board's own: what it erases and programs, had the wire taken no time.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { deflateSync } from 'node:zlib';
import { checkFirmware, flash } from '../dist/operations/flash/flash.js';
import { openPort } from '../dist/port/open.js';
import { TYPICAL_FLASH_TIMING } from '../dist/virtual-board/flash/nor-flash.js';

const IMAGE_BYTES = 620_000;
const CODE_AT = 0x9000;
/** A packet's frame, header and the data's own header, and its acknowledgement. */
const PACKET_OVERHEAD_BYTES = 2 + 8 + 16 + 12;
const BLOCK_BYTES = 0x4000;

/** Yields a line for each measurement. */
export async function* bench() {
  const image = releaseLikeImage();
  const compressed = deflateSync(image, { level: 9 }).length;
  yield `image: ${image.length} bytes, compressed ${compressed} (${Math.round((100 * compressed) / image.length)} %)`;
  for (const [baudRate, limit] of [
    [460800, 1.05],
    [921600, 1.1],
  ]) {
    const name = `flash-${baudRate}`;
    yield await write(name, image, compressed, baudRate, limit);
    yield await skip(name, image, baudRate);
  }
}

async function write(name, image, compressed, baudRate, limit) {
  const run = await timedFlash(name, image, baudRate);
  const blocks = Math.ceil(compressed / BLOCK_BYTES);
  const wireMs = ((compressed + blocks * PACKET_OVERHEAD_BYTES) * 10_000) / baudRate;
  const physicalMs = wireMs + flashMs(image.length);
  const total = (run.verifiedMs / physicalMs).toFixed(3);
  const writing = (run.writeMs / wireMs).toFixed(3);
  return `${baudRate} baud: connect to verified ${seconds(run.verifiedMs)}, ${total} × wire ${seconds(wireMs)} + flash ${seconds(flashMs(image.length))} (at most ${limit}); write step ${seconds(run.writeMs)}, ${writing} × the wire alone; ${run.stalls} (at most 20 ms)`;
}

async function skip(name, image, baudRate) {
  const run = await timedFlash(name, image, baudRate);
  if (!run.skipped) throw new Error('it was written again');
  return `${baudRate} baud, the same image again: connect to found ${seconds(run.verifiedMs)}, with restart and banner ${seconds(run.allMs)} (at most 2.5 s); ${run.stalls}`;
}

async function timedFlash(name, image, baudRate) {
  const port = await openPort(`virtual:${name}?http=0&dns=0`);
  const firmware = checkFirmware(image, 'bench image');
  await import('../dist/esp/loader.js'); // loading code is not the wire's matter
  const at = {};
  const idle = await idleThread();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const { skipped } = await flash(port, {
    firmware,
    baudRate,
    onProgress: (event) => {
      if (event.event === 'step') at[event.step] = performance.now() - start;
      if (event.event === 'step' && event.step === 'restart') delay.disable();
    },
  });
  const allMs = performance.now() - start;
  const idleMs = await idle.longestStallMs();
  await port[Symbol.asyncDispose]();
  return {
    skipped,
    allMs,
    verifiedMs: at.restart,
    writeMs: at.verify - at.write,
    stalls: `longest stall ${(delay.max / 1e6).toFixed(1)} ms, of a thread that does nothing ${idleMs.toFixed(1)} ms`,
  };
}

/** What stalls this thread too is the machine's doing. */
async function idleThread() {
  const worker = new Worker(
    `const { monitorEventLoopDelay } = require('node:perf_hooks');
     const { parentPort } = require('node:worker_threads');
     const delay = monitorEventLoopDelay({ resolution: 1 });
     delay.enable();
     parentPort.postMessage('ready');
     parentPort.once('message', () => parentPort.postMessage(delay.max / 1e6));`,
    { eval: true },
  );
  await once(worker, 'message');
  return {
    async longestStallMs() {
      worker.postMessage('stop');
      const [stallMs] = await once(worker, 'message');
      await worker.terminate();
      return stallMs;
    },
  };
}

/** Blocks of 64 KB and pages, as the stub erases and programs them, hashed before and after. */
function flashMs(sizeBytes) {
  const { blockEraseMs, pageProgramMs, digestMsPerMegabyte } = TYPICAL_FLASH_TIMING;
  const digestMs = (sizeBytes / 0x100000) * digestMsPerMegabyte;
  return (sizeBytes / 0x10000) * blockEraseMs + (sizeBytes / 0x100) * pageProgramMs + 2 * digestMs;
}

function releaseLikeImage() {
  const image = Buffer.alloc(IMAGE_BYTES, 0xff);
  image.set([0xe9, 1, 0, 0x40, 0x04, 0x00, 0x10, 0x40, 0x00, 0x00, 0x10, 0x40, 0x00, 0x10, 0x00, 0x00]);
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0; // Numerical Recipes' generator
    return state >>> 24;
  };
  for (let at = 16; at < IMAGE_BYTES - 16; at++) if (at < 16 + 0x1000 || at >= CODE_AT) image[at] = random();
  for (let at = CODE_AT; at < IMAGE_BYTES - 16; at += 96) image.fill(0x21, at, at + 32);
  image[16 + 0x1000 + 15] = image.subarray(16, 16 + 0x1000).reduce((sum, byte) => sum ^ byte, 0xef);
  image.write('MicroPython v1.27.0 on 2025-12-09\0', CODE_AT + 100, 'latin1');
  image.writeUInt32LE(IMAGE_BYTES - 16, CODE_AT - 4);
  image.set(createHash('md5').update(image.subarray(4, -16)).digest(), IMAGE_BYTES - 16);
  return image;
}

function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
