// How fast a board's log is understood: bytes → lines → events, against the fastest serial line that adapters offer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { LogParser } from '../dist/index.js';

const FASTEST_LINE_BYTES_PER_SECOND = 2_000_000 / 10;
const CHUNK_BYTES = 65_536; // what a driver hands over at once
const TOTAL_BYTES = 100_000_000;
/** How long the fastest line is fed to a monitor; BENCH_SECONDS=60 for the full time. */
const FEED_SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
/** Linux counts a process's time in these. */
const CLOCK_TICKS_PER_SECOND = 100;

/** What a portal prints while phones are at it, in the proportions of an evening. */
const ORDINARY = [
  ...Array.from({ length: 12 }, (_, n) => [
    `Sending connectivitycheck${n}.gstatic.com. -> 192.168.4.1`,
    'HTTP 302 GET connectivitycheck.gstatic.com/generate_204',
    `Sending play.googleapis.com. -> 192.168.4.1`,
    `Temperature ${20 + n}.5 C, humidity 4${n} %`,
  ]).flat(),
  "Trying to connect to SSID 'Home WiFi'",
  'Connection attempt 1/10 ...',
  'Connection attempt 2/10 ...',
  'Connected to Home WiFi, address 192.168.1.23',
  '#33 ets_task(4020f510, 29, 3fff8f88, 10)',
  'Wrote credentials to ./wifi.creds',
  'Traceback (most recent call last):',
  '  File "main.py", line 3, in <module>',
  'OSError: [Errno 12] ENOMEM',
];

/** Yields a line for each kind of log. */
export async function* bench() {
  const ordinary = Buffer.from(`${ORDINARY.join('\r\n')}\r\n`);
  yield measure('ordinary log', repeated(ordinary));
  yield measure(
    "lines of somebody else's program",
    repeated(Buffer.from('value: 12345 and some more text\n')),
  );
  yield measure('no line end at all', Buffer.alloc(CHUNK_BYTES, 'x'));
  for (const how of [[], ['--json'], ['--raw']]) yield await follow(how);
}

function repeated(text) {
  const times = Math.ceil(CHUNK_BYTES / text.length);
  return Buffer.concat(Array.from({ length: times }, () => text)).subarray(0, CHUNK_BYTES);
}

function measure(what, chunk) {
  const parser = new LogParser({ board: 'bench' });
  let events = 0;
  const run = (bytes) => {
    for (let done = 0; done < bytes; done += chunk.length) events += parser.push(chunk, 0).length;
  };
  run(TOTAL_BYTES / 5); // until it is compiled
  events = 0;
  const start = process.cpuUsage(); // not the clock: others may be busy on this machine
  run(TOTAL_BYTES);
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  const rate = TOTAL_BYTES / seconds;
  const heapMb = (process.memoryUsage().heapUsed / 1e6).toFixed(0);
  return `${what}: ${(rate / 1e6).toFixed(0)} MB a second of one core, ${(rate / FASTEST_LINE_BYTES_PER_SECOND).toFixed(0)} × a line at 2,000,000 baud; ${events} events, ${heapMb} MB of heap`;
}

/** The whole program on a pseudo-terminal that is fed as a line at 2,000,000 baud feeds it. */
async function follow(how) {
  const what = `monitor ${how.join(' ')}`.trim();
  const folder = await mkdtemp(join(tmpdir(), 'esp-portal-bench-log-'));
  const [here, there, out] = ['here', 'there', 'out'].map((name) => join(folder, name));
  const link = (path) => `pty,raw,echo=0,link=${path}`;
  const socat = spawn('socat', [link(here), link(there)], { stdio: 'ignore' });
  try {
    const hasSocat = await Promise.race([once(socat, 'error').then(() => false), appears(here, there)]);
    if (!hasSocat) return `${what}: socat is not installed`;
    const bin = fileURLToPath(new URL('../bin/esp-portal.js', import.meta.url));
    const args = ['monitor', '--port', there, '--log-baud', '2000000', '--until', '/^the end$/', ...how];
    const monitor = spawn(process.execPath, [bin, ...args], {
      stdio: ['ignore', openSync(out, 'w'), 'ignore'],
    });
    const ended = once(monitor, 'exit');
    await delay(2000); // until it has opened its port
    const before = cpuSeconds(monitor.pid);
    const start = performance.now();
    const lines = await feed(here);
    const seconds = (performance.now() - start) / 1000;
    const busy = (100 * (cpuSeconds(monitor.pid) - before)) / seconds;
    await endOf(here, ended);
    const seen = readFileSync(out, 'latin1').match(/Temperature \d+ /g)?.length ?? 0;
    return `${what}: ${seen} of ${lines} lines in ${seconds.toFixed(0)} s at 2,000,000 baud, ${busy.toFixed(0)} % of one core`;
  } finally {
    socat.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

async function appears(...paths) {
  for (let tries = 0; tries < 200; tries++) {
    const there = await Promise.all(
      paths.map((path) =>
        open(path).then(
          (file) => file.close(),
          () => 'no',
        ),
      ),
    );
    if (!there.includes('no')) return true;
    await delay(20);
  }
  return false;
}

/** Writes numbered lines at the speed of the line. */
async function feed(path) {
  const file = await open(path, 'w');
  const start = performance.now();
  let [bytes, lines] = [0, 0];
  for (let now = start; now < start + FEED_SECONDS * 1000; now = performance.now()) {
    let text = '';
    while (bytes + text.length < ((now - start) / 1000) * FASTEST_LINE_BYTES_PER_SECOND) {
      text += `Temperature ${lines++} C, and what else there is to say\r\n`;
    }
    await file.write(text);
    bytes += text.length;
    await delay(5);
  }
  await file.close();
  return lines;
}

async function endOf(path, ended) {
  const file = await open(path, 'w');
  await file.write('the end\r\n');
  await ended;
  await file.close();
}

/** What a process has computed so far; Linux only. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
