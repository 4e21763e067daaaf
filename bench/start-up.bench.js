// What a command line costs before it does anything, against Node.js itself on the same machine.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../bin/esp-portal.js', import.meta.url));
const ROUNDS = 15;

/** Yields a line for each command line. */
export async function* bench() {
  const commands = { '--version': ['--version'], '--help': ['--help'], 'flash --help': ['flash', '--help'] };
  const times = { node: [], ...Object.fromEntries(Object.keys(commands).map((name) => [name, []])) };
  for (let round = 0; round < ROUNDS; round++) {
    times.node.push(time(['-e', '0']));
    for (const [name, args] of Object.entries(commands)) times[name].push(time([BIN, ...args]));
  }
  const node = median(times.node);
  yield `node alone: ${node.toFixed(0)} ms`;
  for (const name of Object.keys(commands)) {
    const own = median(times[name]);
    yield `${name}: ${own.toFixed(0)} ms, ${(own - node).toFixed(0)} ms beyond node, ${(own / node).toFixed(2)} ×`;
  }
}

function time(args) {
  const start = performance.now();
  spawnSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - start;
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
