// Speed of the virtual UART against ten bit times a byte; the other figures depend on it.
import { openPort } from 'esp-portal';
import { figure } from './figure.js';
import { busyFactor, command } from './program.js';

const SECONDS = 4;
const LINE_BYTES = 1024;

/** Yields a figure for each baud rate and direction. */
export async function* bench() {
  const busy = await busyFactor();
  yield await toChip(115200, busy);
  yield await toChip(921600, busy);
  yield await toHost(busy);
}

async function toChip(baudRate, busy) {
  const port = await openPort('virtual:uart', { baudRate });
  const bytes = Buffer.alloc((baudRate / 10) * SECONDS, 0x55);
  const start = performance.now();
  await port.write(bytes); // resolves when the last bit has left
  const milliseconds = performance.now() - start;
  await port[Symbol.asyncDispose]();
  return ratio(`host to chip at ${baudRate} baud`, { baudRate, bytes: bytes.length, milliseconds, busy });
}

/** The chip sends by its program: MicroPython's REPL, which uses 115200 baud. */
async function toHost(busy) {
  await command('flash', '--port', 'virtual:uart?http=0&dns=0');
  const port = await openPort('virtual:uart?http=0&dns=0');
  await port.write(Buffer.from('\r'));
  await until(port, '>>> ');
  const lines = Math.ceil((115200 / 10 / LINE_BYTES) * SECONDS);
  await port.write(Buffer.from(`x='x'*${LINE_BYTES - 2}\rfor i in range(${lines}):print(x)\r\r`));
  await until(port, 'xx');
  const start = performance.now();
  const bytes = await until(port, '>>> ');
  const milliseconds = performance.now() - start;
  await port[Symbol.asyncDispose]();
  return ratio('chip to host at 115200 baud', { baudRate: 115200, bytes, milliseconds, busy });
}

/** @returns how many bytes came until then */
async function until(port, text) {
  let tail = '';
  let count = 0;
  while (!tail.endsWith(text)) {
    const bytes = (await port.read({ timeoutMs: 10_000 })) ?? Buffer.from('');
    count += bytes.length;
    const all = tail + Buffer.from(bytes).toString('latin1');
    if (text !== '>>> ' && all.includes(text)) return count;
    tail = all.slice(-text.length);
  }
  return count;
}

function ratio(what, { baudRate, bytes, milliseconds, busy }) {
  const wireMs = (bytes * 10_000) / baudRate;
  return figure(what, milliseconds / wireMs, '× the line', {
    atLeast: 0.98,
    atMost: 1 + 0.05 * busy,
    note: `${bytes} bytes in ${milliseconds.toFixed(0)} ms`,
  });
}
