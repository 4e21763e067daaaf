// How fast a board's log is parsed: bytes → lines → events, and the whole monitor fed with all kinds of lines at
// the rate of the fastest serial line that adapters offer.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LogParser } from 'esp-portal';
import { figure } from './figure.js';
import { BIN } from './program.js';

const FASTEST_LINE_BYTES_PER_SECOND = 2_000_000 / 10;
const CHUNK_BYTES = 65_536; // what a driver hands over at once
const TOTAL_BYTES = 100_000_000;
/** How long the fastest line is fed to a monitor; BENCH_SECONDS=60 for the full time. */
const FEED_SECONDS = Number(process.env.BENCH_SECONDS ?? 10);
/** Linux counts a process's time in these. */
const CLOCK_TICKS_PER_SECOND = 100;

/** Output of a portal with several phones, in realistic proportions. */
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

/** What else a board prints; the numbered lines between them show whether any is lost. */
const MIXED = [
  ...ORDINARY,
  'Température 21,5 °C — 温度 ☀',
  'password: hunter2-secret',
  "wlan.connect('Home WiFi', 'hunter2-secret')",
  'Fatal exception 28(LoadProhibitedCause):',
  'epc1=0x4000bf64, epc2=0x00000000, epc3=0x00000000, excvaddr=0x00000000, depc=0x00000000',
  ' ets Jan  8 2013,rst cause:4, boot mode:(3,7)',
  'rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)',
  '\xfe\x80\x9c\x00\xe0\x1c\x8e\xfc\x00\x8c',
];
const SECRET = 'hunter2-secret';

/** Shares of one core at 2,000,000 baud. */
const CPU_LIMITS = { text: 25, '--json': 25, '--raw': 20 };

/** Yields figures for each kind of log. */
export async function* bench() {
  const ordinary = Buffer.from(`${ORDINARY.join('\r\n')}\r\n`);
  yield measure('ordinary log', repeated(ordinary), 200);
  yield measure('mixed log', repeated(Buffer.from(`${MIXED.join('\r\n')}\r\n`, 'utf8')), 120);
  yield measure('lines of another program', repeated(Buffer.from('value: 12345 and some more text\n')), 400);
  yield measure('no line end at all', Buffer.alloc(CHUNK_BYTES, 'x'), 1000);
  for (const how of [[], ['--json'], ['--raw']]) yield* await follow(how);
}

function repeated(text) {
  const times = Math.ceil(CHUNK_BYTES / text.length);
  return Buffer.concat(Array.from({ length: times }, () => text)).subarray(0, CHUNK_BYTES);
}

function measure(what, chunk, atLeast) {
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
  const heapMb = (process.memoryUsage().heapUsed / 1e6).toFixed(0);
  return figure(
    `parser, ${what}`,
    TOTAL_BYTES / seconds / FASTEST_LINE_BYTES_PER_SECOND,
    '× a line at 2,000,000 baud',
    {
      atLeast,
      note: `${events} events, ${heapMb} MB of heap`,
    },
  );
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
    if (!hasSocat) return [{ text: `${what}: socat is not installed`, isWithinLimit: true }];
    const args = ['monitor', '--port', there, '--log-baud', '2000000', '--until', '/^the end$/', ...how];
    const monitor = spawn(process.execPath, [BIN, ...args], {
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
    const shown = readFileSync(out, 'utf8');
    // A line that stopped on its way comes again, whole.
    const whole = shown.split('\n').filter((line) => !line.includes('"unfinished":true'));
    const seen = whole.filter((line) => /Temperature \d+ C, and/.test(line)).length;
    const leaked = how.includes('--raw') ? 0 : shown.split(SECRET).length - 1;
    return [
      figure(`${what}: lines that came through`, (100 * seen) / lines, '%', {
        atLeast: 100,
        note: `${seen} of ${lines} in ${seconds.toFixed(0)} s at 2,000,000 baud`,
      }),
      figure(`${what}: secrets shown`, leaked, '', { atMost: 0 }),
      figure(`${what}: share of one core`, busy, '%', { atMost: CPU_LIMITS[how[0] ?? 'text'] }),
    ];
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
    // Two of three are numbered; the other is one of all kinds.
    while (bytes + text.length < ((now - start) / 1000) * FASTEST_LINE_BYTES_PER_SECOND) {
      text += `Temperature ${lines++} C, and what else there is to say\r\n`;
      if (lines % 2 === 0) text += `${MIXED[(lines / 2) % MIXED.length]}\r\n`;
    }
    await file.write(text);
    bytes += Buffer.byteLength(text);
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

/** CPU time of a process so far; Linux only. */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}
