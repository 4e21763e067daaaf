// What a command line costs before it does anything, beyond what Node.js itself takes: in CPU time, which other
// programs on this machine hardly change.
import { figure, median } from './figure.js';
import { BIN, node } from './program.js';

const ROUNDS = 15;
/** CPU time of Node.js alone where the goals in milliseconds were set. */
const NODE_CPU_MS = 55;
const GOALS = [
  [['--version'], 50],
  [['--help'], 50],
  [['flash', '--help'], 55],
  [['ports'], 90],
  [[], 90],
];

/** Yields a figure for each command line. */
export async function* bench() {
  const alone = [];
  const runs = GOALS.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(await node('-e', '0'));
    for (const [index, [args]] of GOALS.entries()) runs[index].push(await node(BIN, ...args));
  }
  const nodeMs = middle(alone, 'cpuMs');
  const factor = Math.max(1, nodeMs / NODE_CPU_MS); // a slower machine
  const usual = `${middle(alone, 'milliseconds').toFixed(0)} ms by the clock, ${middle(alone, 'maxRssMb').toFixed(0)} MB`;
  yield figure('Node.js alone', nodeMs, 'ms', { note: usual });
  for (const [index, [args, goalMs]] of GOALS.entries()) {
    const own = runs[index];
    const clockMs = middle(own, 'milliseconds') - middle(alone, 'milliseconds');
    yield figure(`esp-portal ${args.join(' ')}`.trim(), middle(own, 'cpuMs') - nodeMs, 'ms beyond Node.js', {
      atMost: goalMs * factor,
      note: `${clockMs.toFixed(0)} ms by the clock, ${middle(own, 'maxRssMb').toFixed(0)} MB`,
    });
  }
}

function middle(runs, field) {
  return median(runs.map((run) => run[field]));
}
