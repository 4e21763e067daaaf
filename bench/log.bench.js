// How fast a board's log is understood: bytes → lines → events, against the fastest serial line that adapters offer.
import { LogParser } from '../dist/log/log-parser.js';

const FASTEST_LINE_BYTES_PER_SECOND = 2_000_000 / 10;
const CHUNK_BYTES = 65_536; // what a driver hands over at once
const TOTAL_BYTES = 100_000_000;

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
  const start = performance.now();
  run(TOTAL_BYTES);
  const seconds = (performance.now() - start) / 1000;
  const rate = TOTAL_BYTES / seconds;
  const heapMb = (process.memoryUsage().heapUsed / 1e6).toFixed(0);
  return `${what}: ${(rate / 1e6).toFixed(0)} MB/s, ${(rate / FASTEST_LINE_BYTES_PER_SECOND).toFixed(0)} × a line at 2,000,000 baud; ${events} events, ${heapMb} MB of heap`;
}
