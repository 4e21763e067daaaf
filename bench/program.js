// The program as people run it, from the start of its process to its exit, and boards in separate processes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openPort } from 'esp-portal';
import { median } from './figure.js';

export const BIN = fileURLToPath(new URL('../bin/esp-portal.js', import.meta.url));
const PROBE = fileURLToPath(new URL('usage-probe.cjs', import.meta.url));

/** A whole command. Throws where it fails. */
export async function command(...args) {
  const run = await node(BIN, ...args, '--json');
  const result = JSON.parse(run.output.trim().split('\n').at(-1));
  if (!result.ok) throw new Error(`esp-portal ${args.join(' ')}: ${JSON.stringify(result)}`);
  return { ...run, result };
}

/** Node.js from its start to its exit. */
export async function node(...args) {
  const start = performance.now();
  const child = spawn(process.execPath, ['--require', PROBE, ...args], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
  });
  const texts = [child.stdout, child.stdio[3]].map(async (stream) => {
    let text = '';
    for await (const piece of stream.setEncoding('utf8')) text += piece;
    return text;
  });
  await once(child, 'exit');
  const milliseconds = performance.now() - start;
  const [output, usage] = await Promise.all(texts);
  return { milliseconds, output, ...JSON.parse(usage) };
}

/**
 * How much longer everything takes because of other programs on this machine: the time of Node.js alone by the clock
 * over its CPU time; 1 on an idle machine. What a limit grants beyond the physical minimum is multiplied by it.
 */
export async function busyFactor() {
  const runs = [];
  for (let round = 0; round < 7; round++) runs.push(await node('-e', '0'));
  return Math.max(1, median(runs.map(({ milliseconds, cpuMs }) => milliseconds / cpuMs)));
}

/** Does something with a board that has power and is connected, as one on a cable; its address is the argument. */
export async function withBoard(board, action) {
  const { address, stop } = await connectedBoard(board);
  try {
    return await action(address);
  } finally {
    await stop();
  }
}

/**
 * A board that has power and is connected.
 * @param {string} board address of a virtual board
 */
async function connectedBoard(board) {
  const child = spawn(
    process.execPath,
    [BIN, 'simulate', '--port', board, '--listen', '127.0.0.1:0', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const text of createInterface({ input: child.stdout })) {
    const { url } = JSON.parse(text);
    if (!url?.startsWith('rfc2217:')) continue;
    return {
      address: url,
      async stop() {
        const ended = once(child, 'exit');
        child.kill();
        await ended;
      },
    };
  }
  throw new Error('The virtual board ended.');
}

/** Waits until its firmware answers a line end with a prompt. */
export async function prompt(address) {
  const port = await openPort(address);
  const decoder = new TextDecoder();
  for (let output = ''; !output.includes('>>> '); ) {
    await port.write(Buffer.from('\r'));
    const bytes = await port.read({ timeoutMs: 100 });
    output += decoder.decode(bytes, { stream: true });
  }
  await port[Symbol.asyncDispose]();
}
